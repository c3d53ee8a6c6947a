// Small parts: icons drawn with one stroke, and text that can never become markup.
import type { ComponentChildren } from 'preact'
import { inline, type Inline } from '../rich'
import type { LaterIcon } from '../rest/icons'

/** The icons that are seen first; rest/icons.ts adds its own. */
export const icons = {
  close: 'M6 9l6 6 6-6',
  cross: 'M6 6l12 12M18 6L6 18',
  more: 'M5 7h14M5 12h14M5 17h14',
  send: 'M4 12l16-8-6 16-3-6-7-2z',
  phone: 'M6 3h3l2 5-2.500 1.500a11 11 0 006 6L16 13l5 2v3a3 3 0 01-3 3A15 15 0 013 6a3 3 0 013-3z',
  person: 'M4 14v-2a8 8 0 0116 0v2M4 14h3v5H5a1 1 0 01-1-1zM20 14h-3v5h2a1 1 0 001-1zM17 19c0 2-2 2.500-4 2.500',
  digital: 'M5 8h14v11H5zM12 8V4M9 13h.01M15 13h.01M2.500 12v3M21.500 12v3',
  check: 'M5 12.500l4.500 4.500L19 7.500',
}

export type IconName = keyof typeof icons | LaterIcon

export const Icon = ({ name, size = 20 }: { name: IconName; size?: number }) => (
  <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
    <path d={(icons as Record<string, string>)[name]} />
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
