import { useRef, useState } from 'preact/hooks'
import type { Config } from '../types'
import { Act } from '../views/parts'
import { language, t } from '../words'
import { accept, objection, prepare, type Prepared } from './pictures'
import { hasVoice, listen } from './voice'

export type Limits = Config['limits']

export function limitsOf(limits: Limits): { bytes: number; most: number; mb: number } {
  const bytes = limits?.file_bytes ?? 20 * 1048576
  return { bytes, most: limits?.files ?? 5, mb: Math.floor(bytes / 1048576) }
}

/** Take files into the tray; what cannot be taken is named with its reason. */
export async function collect(
  files: File[],
  tray: Prepared[],
  limits: Limits,
): Promise<{ tray: Prepared[]; problem: string }> {
  const { bytes, most, mb } = limitsOf(limits)
  const problems: string[] = []
  const taken: Prepared[] = [...tray]
  for (const file of files) {
    const refused = objection(file, bytes)
    const made = refused ? null : await prepare(file)
    const why = refused ?? (made!.blob.size > bytes ? 'size' : null)
    if (why) problems.push(t(`attach.${why}`, { name: file.name, mb }))
    else taken.push(made!)
  }
  if (taken.length > most) problems.push(t('attach.count', { n: most }))
  return { tray: taken.slice(0, most), problem: problems.join(' ') }
}

interface ToolsProps {
  large: boolean
  touch: boolean
  text: string
  write: (text: string) => void
  add: (files: Iterable<File>) => Promise<void>
  say: (note: string) => void
}

/** Other ways to write than typing: speech, camera, files. */
export function Tools({ large, touch, text, write, add, say }: ToolsProps) {
  const [stop, setStop] = useState<(() => void) | null>(null)
  const picker = useRef<HTMLInputElement>(null)
  const camera = useRef<HTMLInputElement>(null)
  const kind = large ? 'plain' : 'ghost'

  const speak = () => {
    const before = text && text + ' '
    const end = listen(
      language,
      (heard) => write(before + heard),
      (failed) => {
        setStop(null)
        say(failed ? t('voice.failed') : '')
      },
    )
    setStop(() => end)
    say(t('voice.listening'))
  }
  const pick = (input: HTMLInputElement) => {
    void add(input.files ?? [])
    input.value = ''
  }
  return (
    <>
      {stop ? (
        <Act kind="primary" icon="check" label={t('voice.stop')} onClick={stop}>
          {large && t('voice.stop')}
        </Act>
      ) : (
        hasVoice && (
          <Act kind={kind} icon="voice" label={t('voice')} onClick={speak}>
            {large && t('voice')}
          </Act>
        )
      )}
      {touch && (
        <Act kind={kind} icon="camera" label={t('camera')} onClick={() => camera.current!.click()}>
          {large && t('camera')}
        </Act>
      )}
      {(!large || !touch) && (
        <Act kind={kind} icon="attach" label={t('attach')} onClick={() => picker.current!.click()}>
          {large && t('attach')}
        </Act>
      )}
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        accept={accept}
        onChange={(event) => pick(event.currentTarget)}
      />
      <input
        ref={camera}
        type="file"
        hidden
        accept="image/*"
        capture="environment"
        onChange={(event) => pick(event.currentTarget)}
      />
    </>
  )
}
