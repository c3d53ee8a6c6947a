// Small parts: icons drawn with one stroke, and text that can never become markup.
import type { ComponentChildren } from 'preact'
import { inline, type Inline } from '../rich'

const PATHS = {
  close: 'M6 9l6 6 6-6',
  cross: 'M6 6l12 12M18 6L6 18',
  more: 'M5 7h14M5 12h14M5 17h14',
  send: 'M4 12l16-8-6 16-3-6-7-2z',
  attach: 'M20 11l-8.5 8.5a5 5 0 01-7-7L13 4a3.3 3.3 0 014.7 4.7l-8.5 8.4a1.6 1.6 0 01-2.3-2.3L14.5 7',
  camera: 'M4 8h3.5L9 5.5h6L16.500 8H20v11H4zM12 16.500a3.300 3.300 0 100-6.600 3.300 3.300 0 000 6.600z',
  voice: 'M12 3a3 3 0 013 3v5a3 3 0 01-6 0V6a3 3 0 013-3zM6 11a6 6 0 0012 0M12 17v4',
  phone: 'M6 3h3l2 5-2.500 1.500a11 11 0 006 6L16 13l5 2v3a3 3 0 01-3 3A15 15 0 013 6a3 3 0 013-3z',
  person: 'M4 14v-2a8 8 0 0116 0v2M4 14h3v5H5a1 1 0 01-1-1zM20 14h-3v5h2a1 1 0 001-1zM17 19c0 2-2 2.500-4 2.500',
  digital: 'M5 8h14v11H5zM12 8V4M9 13h.01M15 13h.01M2.500 12v3M21.500 12v3',
  book: 'M5 4h10a3 3 0 013 3v13H8a3 3 0 01-3-3zM5 17a3 3 0 013-3h10',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  back: 'M15 5l-7 7 7 7',
  link: 'M10 14a4 4 0 006 0l3-3a4 4 0 00-6-6l-1 1M14 10a4 4 0 00-6 0l-3 3a4 4 0 006 6l1-1',
  sound: 'M4 10v4h4l5 4V6L8 10zM17 9a4 4 0 010 6',
  clock: 'M12 21a9 9 0 100-18 9 9 0 000 18zM12 7v5l3 2',
} as const

export type IconName = keyof typeof PATHS

export const Icon = ({ name, size = 20 }: { name: IconName; size?: number }) => (
  <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
)

interface ActProps {
  icon?: IconName
  label?: string
  kind?: 'primary' | 'plain' | 'ghost' | 'danger' | 'ai'
  class?: string
  disabled?: boolean
  pressed?: boolean
  onClick: () => void
  children?: ComponentChildren
}

/** A button; `label` names one that shows only its icon. */
export const Act = ({ icon, label, kind = 'plain', pressed, children, ...rest }: ActProps) => (
  <button
    type="button"
    {...rest}
    class={`act ${kind} ${children ? '' : 'square'} ${rest.class ?? ''}`}
    aria-label={children ? undefined : label}
    title={label}
    aria-pressed={pressed}
  >
    {icon && <Icon name={icon} />}
    {children && <span>{children}</span>}
  </button>
)

export const Run = ({ parts }: { parts: Inline[] }) => (
  <>
    {parts.map((part) =>
      part.kind === 'link' ? (
        <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          {part.text}
        </a>
      ) : part.kind === 'strong' ? (
        <strong>{part.text}</strong>
      ) : part.kind === 'code' ? (
        <code>{part.text}</code>
      ) : (
        part.text
      ),
    )}
  </>
)

/** What people wrote: only addresses become links. */
export const Plain = ({ text }: { text: string }) => (
  <div class="plain">
    <Run parts={inline(text, false)} />
  </div>
)
