import { useEffect, useRef, useState } from 'preact/hooks'
import { EnterGuard } from '../ime'
import { later } from '../later'
import type { Prepared } from '../rest/pictures'
import type { Visit } from '../visit'
import { asksVerdict, isStuck } from '../thread'
import { t } from '../words'
import { Act, Icon } from './parts'
import { phoneOf } from './phone'

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
  if (large && asksVerdict(thread, last))
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
        <Act
          icon="person"
          kind={isStuck(thread) ? 'primary' : 'plain'}
          class="person"
          onClick={() => void visit.askPerson()}
        >
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
  const { large, open, config } = visit.state
  const [text, setText] = useState(visit.draft)
  const [tray, setTray] = useState<Prepared[]>([])
  const [note, setNote] = useState('')
  const [drop, setDrop] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const guard = useRef(new EnterGuard()).current

  useEffect(() => {
    // On a touch screen the keyboard would cover the greeting.
    if (open && !TOUCH) field.current?.focus()
  }, [open])
  useEffect(() => {
    const area = field.current!
    area.style.height = 'auto'
    area.style.height = Math.min(area.scrollHeight + 2, large ? 200 : 132) + 'px'
  }, [text, large])

  const write = (value: string) => {
    setText(value)
    visit.draft = value
    visit.writing.typing(value)
  }
  const add = async (files: Iterable<File>) => {
    const found = await later?.collect([...files], tray, config?.limits)
    if (!found) return
    setTray(found.tray)
    setNote(found.problem)
    field.current?.focus()
  }
  const send = () => {
    if (!text.trim() && !tray.length) return
    void visit.writing.say(text, tray)
    write('')
    setTray([])
    setNote('')
    field.current?.focus()
  }
  useDrop(setDrop, (files) => void add(files))

  const ready = !!text.trim() || tray.length > 0
  const tools = later && (
    <later.Tools large={large} touch={TOUCH} text={text} write={write} add={add} say={setNote} />
  )
  return (
    <footer class={'dock' + (drop ? ' drop' : '')}>
      {!large && <PersonRow visit={visit} />}
      {later && <later.Tray files={tray} set={setTray} visit={visit} />}
      <p class="note" role="status" hidden={!note}>
        {note}
      </p>
      <div class="compose">
        {!large && tools}
        <textarea
          ref={field}
          rows={1}
          maxLength={config?.limits?.text_length ?? 4000}
          enterkeyhint="send"
          placeholder={t('write')}
          aria-label={t('write')}
          value={text}
          onInput={(event) => write(event.currentTarget.value)}
          onCompositionStart={guard.start}
          onCompositionEnd={guard.end}
          onBlur={() => visit.writing.typing('')}
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
    </footer>
  )
}

/** Files may be dropped anywhere on the panel. */
function useDrop(hint: (on: boolean) => void, take: (files: FileList) => void): void {
  const latest = useRef(take)
  latest.current = take
  useEffect(() => {
    const listen = (name: 'dragover' | 'dragleave' | 'drop', on: boolean) => {
      const hear = (event: DragEvent) => {
        if (!event.dataTransfer?.types.includes('Files')) return
        event.preventDefault()
        hint(on)
        if (name === 'drop') latest.current(event.dataTransfer.files)
      }
      addEventListener(name, hear)
      return () => removeEventListener(name, hear)
    }
    const ends = [listen('dragover', true), listen('dragleave', false), listen('drop', false)]
    return () => ends.forEach((end) => end())
  }, [])
}
