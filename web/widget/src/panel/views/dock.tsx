import { useEffect, useRef, useState } from 'preact/hooks'
import { EnterGuard } from '../ime'
import { later } from '../later'
import type { Prepared } from '../pictures'
import type { Visit } from '../visit'
import { language, t } from '../words'
import { Preview, sizeOf } from './files'
import { asksVerdict } from './log'
import { Act, Icon } from './parts'
import { phoneOf } from './phone'

const hasVoice = 'SpeechRecognition' in window || 'webkitSpeechRecognition' in window
const TOUCH = matchMedia('(pointer: coarse)').matches

/** Where the visitor acts. In large type it holds one question at a time. */
export function Dock({ visit }: { visit: Visit }) {
  const { thread, fresh, large } = visit.state
  const { conversation } = thread
  const last = thread.messages.at(-1)
  if (conversation?.state === 'closed' && !fresh)
    return (
      <footer class="dock ended">
        <Act class="wide" onClick={visit.startAgain}>
          {t('ended.again')}
        </Act>
        <PersonRow visit={visit} />
      </footer>
    )
  if (large && asksVerdict(last, visit))
    return (
      <footer class="dock ask" role="group" aria-label={t('judge.ask')}>
        <p>{t('judge.ask')}</p>
        <Act kind="primary" icon="check" onClick={() => void visit.judge(last!.id, true)}>
          {t('judge.yes')}
        </Act>
        <Act icon="cross" onClick={() => void visit.judge(last!.id, false)}>
          {t('judge.no')}
        </Act>
        <PersonRow visit={visit} />
      </footer>
    )
  return <Composer visit={visit} />
}

/** 转人工 at every step until a person is there or on the way; the telephone in large type. */
function PersonRow({ visit }: { visit: Visit }) {
  const { thread, large } = visit.state
  const state = thread.conversation?.state
  const phone = large ? phoneOf(visit) : null
  const offers = state !== 'serving' && state !== 'waiting'
  if (!offers && !phone) return null
  return (
    <div class="persons">
      {offers && (
        <Act icon="person" class="person" onClick={() => void visit.askPerson()}>
          {t('person')}
        </Act>
      )}
      {phone && (
        <a class="act" href={phone.href} aria-label={t('call.number', { n: phone.number })}>
          <Icon name="phone" />
          <span>{t('call')}</span>
        </a>
      )}
    </div>
  )
}

function Composer({ visit }: { visit: Visit }) {
  const { config, large, open } = visit.state
  const [text, setText] = useState(visit.draft)
  const [tray, setTray] = useState<Prepared[]>([])
  const [problem, setProblem] = useState('')
  const [drop, setDrop] = useState(false)
  const [stop, setStop] = useState<(() => void) | null>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const camera = useRef<HTMLInputElement>(null)
  const guard = useRef(new EnterGuard()).current
  const limit = config?.limits?.file_bytes ?? 20 * 1048576
  const most = config?.limits?.files ?? 5
  const mb = Math.floor(limit / 1048576)

  useEffect(() => {
    // On a touch screen the keyboard would cover the greeting.
    if (open && !TOUCH) field.current?.focus()
  }, [open])
  useEffect(() => {
    const area = field.current
    if (!area) return
    area.style.height = 'auto'
    area.style.height = Math.min(area.scrollHeight + 2, large ? 200 : 132) + 'px'
  }, [text, large])

  const write = (value: string) => {
    setText(value)
    visit.draft = value
    visit.typing(value)
  }
  const add = async (files: Iterable<File>) => {
    const list = [...files]
    const problems: string[] = []
    const taken: Prepared[] = []
    for (const file of list) {
      const refused = later!.objection(file, limit)
      const made = refused ? null : await later!.prepare(file)
      const why = refused ?? (made!.blob.size > limit ? 'size' : null)
      if (why) problems.push(t(`attach.${why}`, { name: file.name, mb }))
      else taken.push(made!)
    }
    if (tray.length + taken.length > most) problems.push(t('attach.count', { n: most }))
    setTray((was) => [...was, ...taken].slice(0, most))
    setProblem(problems.join(' '))
    field.current?.focus()
  }
  const send = () => {
    if (!text.trim() && !tray.length) return
    void visit.say(text.slice(0, config?.limits?.text_length ?? 4000), tray)
    write('')
    setTray([])
    setProblem('')
    field.current?.focus()
  }
  const speak = () => {
    const before = text && text + ' '
    const end = later!.listen(
      language,
      (heard) => write(before + heard),
      (failed) => {
        setStop(null)
        if (failed) setProblem(t('voice.failed'))
      },
    )
    setStop(() => end)
    setProblem('')
  }
  useDrop(setDrop, (files) => void add(files))

  const pick = (input: HTMLInputElement) => {
    void add(input.files ?? [])
    input.value = ''
  }
  const ready = !!text.trim() || tray.length > 0
  const tools = (
    <>
      {hasVoice &&
        (stop ? (
          <Act kind="primary" icon="check" label={t('voice.stop')} onClick={stop}>
            {large && t('voice.stop')}
          </Act>
        ) : (
          <Act kind={large ? 'plain' : 'ghost'} icon="voice" label={t('voice')} onClick={speak}>
            {large && t('voice')}
          </Act>
        ))}
      {TOUCH && (
        <Act
          kind={large ? 'plain' : 'ghost'}
          icon="camera"
          label={t('camera')}
          onClick={() => camera.current!.click()}
        >
          {large && t('camera')}
        </Act>
      )}
      {(!large || !TOUCH) && (
        <Act
          kind={large ? 'plain' : 'ghost'}
          icon="attach"
          label={t('attach')}
          onClick={() => picker.current!.click()}
        >
          {large && t('attach')}
        </Act>
      )}
    </>
  )
  return (
    <footer class={'dock' + (drop ? ' drop' : '')}>
      {!large && <PersonRow visit={visit} />}
      {tray.length > 0 && (
        <ul class="tray">
          {tray.map((file, i) => (
            <li>
              {/^image\//.test(file.blob.type) ? (
                <Preview blob={file.blob} name={file.name} />
              ) : (
                <Icon name="file" size={28} />
              )}
              <span>
                {file.name} <small>{sizeOf(file.blob.size)}</small>
              </span>
              <Act
                kind="ghost"
                icon="cross"
                label={t('attach.remove', { name: file.name })}
                onClick={() => setTray(tray.filter((_, at) => at !== i))}
              />
            </li>
          ))}
        </ul>
      )}
      {tray.length > 0 && <p class="limits">{t('attach.limits', { n: most, mb })}</p>}
      {stop && <p role="status">{t('voice.listening')}</p>}
      {drop && <p class="limits">{t('attach.drop')}</p>}
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="compose">
        {!large && tools}
        <textarea
          ref={field}
          rows={1}
          maxLength={4000}
          enterkeyhint="send"
          placeholder={t('write')}
          aria-label={t('write')}
          value={text}
          onInput={(event) => write(event.currentTarget.value)}
          onCompositionStart={guard.start}
          onCompositionEnd={guard.end}
          onBlur={() => visit.typing('')}
          onPaste={(event) => {
            const files = event.clipboardData?.files
            if (!files?.length) return
            event.preventDefault()
            void add(files)
          }}
          onKeyDown={(event) => {
            if (!guard.sends(event)) return
            event.preventDefault()
            send()
          }}
        />
        {large ? (
          ready && (
            <Act kind="primary" icon="send" class="wide" onClick={send}>
              {t('send')}
            </Act>
          )
        ) : (
          <Act kind="primary" icon="send" label={t('send')} disabled={!ready} onClick={send} />
        )}
      </div>
      {large && <div class="tools">{tools}</div>}
      {large && <PersonRow visit={visit} />}
      <input ref={picker} type="file" multiple hidden accept={later?.accept} onChange={(e) => pick(e.currentTarget)} />
      <input
        ref={camera}
        type="file"
        hidden
        accept="image/*"
        capture="environment"
        onChange={(e) => pick(e.currentTarget)}
      />
    </footer>
  )
}

/** Files may be dropped anywhere on the panel. */
function useDrop(hint: (on: boolean) => void, take: (files: FileList) => void): void {
  const latest = useRef(take)
  latest.current = take
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      hint(true)
    }
    const leave = (event: DragEvent) => event.relatedTarget || hint(false)
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer?.files.length) return
      event.preventDefault()
      hint(false)
      latest.current(event.dataTransfer.files)
    }
    addEventListener('dragover', over)
    addEventListener('dragleave', leave)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('dragleave', leave)
      removeEventListener('drop', drop)
    }
  }, [])
}
