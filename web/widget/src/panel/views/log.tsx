import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { deliveryOf } from '../thread'
import type { Message, Parcel } from '../types'
import type { Visit } from '../visit'
import { clockTime, dayTime, language, maybe, t } from '../words'
import { later } from '../later'
import { Hours, Waiting } from './cards'
import { Files, LocalFiles } from './files'
import { Act, Plain, Rich } from './parts'
import { safeHref } from '../rich'

const GAP_MS = 10 * 60000

/** The thread: opens at its end and stays there until the visitor scrolls up. */
export function Log({ visit }: { visit: Visit }) {
  const { thread, pending, config, fresh } = visit.state
  const box = useRef<HTMLDivElement>(null)
  const pinned = useRef(true)
  const [below, setBelow] = useState(false)
  const counted = useRef(0)
  const { conversation } = thread
  const rowsLast = thread.messages.at(-1)
  const count = thread.past.length + thread.messages.length + pending.length
  const down = () => {
    const log = box.current
    if (log) log.scrollTop = log.scrollHeight
  }
  /** To the end, but never past the beginning of an answer that is longer than the window. */
  const follow = () => {
    const log = box.current!
    const last = log.querySelectorAll<HTMLElement>('.rows > .msg')
    const top = (last[last.length - 1]?.offsetTop ?? 0) - 12
    const end = log.scrollHeight - log.clientHeight
    const all = rowsLast?.kind === 'customer' || log.querySelector('.card')
    log.scrollTop = all ? end : Math.min(end, top)
  }

  const latest = useRef(follow)
  latest.current = follow
  useLayoutEffect(() => {
    if (pinned.current) follow()
    else if (count > counted.current) setBelow(true)
    counted.current = count
  }, [count, conversation?.state, thread.typing])
  useEffect(() => {
    pinned.current = true
    down()
  }, [visit.state.open, visit.state.large, fresh, pending.length, conversation?.state])
  useEffect(() => {
    const watch = new ResizeObserver(() => pinned.current && latest.current())
    watch.observe(box.current!)
    watch.observe(box.current!.firstElementChild!)
    return () => watch.disconnect()
  }, [])

  const ended = conversation?.state === 'closed'
  const look = config?.channel.look
  const greeting = (language === 'en' ? look?.greeting_en : look?.greeting_zh) || t('greeting')
  const rows = fresh && ended ? [] : thread.messages
  const past = fresh && ended ? [...thread.past, ...thread.messages] : thread.past
  const lastOwn = rows.filter((m) => m.kind === 'customer').at(-1)
  const thinking =
    conversation?.state === 'digital' &&
    rows.at(-1)?.kind === 'customer' &&
    Date.now() - +new Date(rows.at(-1)!.at) < 30000

  return (
    <div class="log-frame">
      <div
        class="log"
        role="log"
        aria-label={t('log')}
        aria-live="polite"
        tabIndex={0}
        ref={box}
        onScroll={() => {
          const log = box.current!
          pinned.current = log.scrollHeight - log.scrollTop - log.clientHeight < 48
          if (pinned.current) setBelow(false)
          visit.seen()
        }}
      >
        <div class="rows">
          {past.map((m, i) => (
            <Row key={m.id} m={m} before={past[i - 1]} visit={visit} />
          ))}
          {past.length > 0 && <p class="pill">{t('past')}</p>}
          <div class="msg digital">
            <small>{t('digital')}</small>
            <div class="bubble">
              <Rich text={greeting} />
            </div>
          </div>
          {!rows.length && !pending.length && <Questions visit={visit} />}
          {rows.map((m, i) => (
            <Row key={m.id} m={m} before={rows[i - 1]} visit={visit} last={m === lastOwn} />
          ))}
          {pending.map((p) => (
            <Pending key={p.client_id} parcel={p} visit={visit} />
          ))}
          {thread.typing !== null && !ended && (
            <p class="typing" role="status">
              {conversation?.state === 'digital'
                ? t('typing.digital')
                : t('typing.agent', { name: thread.typing || t('agent') })}
            </p>
          )}
          {thinking && thread.typing === null && <p class="typing">{t('typing.digital')}</p>}
          <Waiting visit={visit} />
          <Hours visit={visit} />
          {ended && !fresh && later && <later.Ending visit={visit} />}
        </div>
      </div>
      {below && (
        <Act kind="primary" class="below" onClick={down}>
          {t('new')}
        </Act>
      )}
    </div>
  )
}

function Questions({ visit }: { visit: Visit }) {
  const questions = visit.state.config?.questions ?? []
  if (!questions.length) return null
  return (
    <div class="questions">
      <small>{t('ask')}</small>
      {questions.slice(0, 4).map((question) => (
        <Act onClick={() => void visit.say(question)}>{question}</Act>
      ))}
    </div>
  )
}

interface RowProps {
  m: Message
  before?: Message
  visit: Visit
  last?: boolean
}

function Row({ m, before, visit, last }: RowProps) {
  const late = !before || +new Date(m.at) - +new Date(before.at) > GAP_MS
  const time = late && <p class="time">{dayTime(m.at)}</p>
  if (m.kind === 'system') {
    const text = m.text || maybe('sys.' + m.code, (m.params ?? {}) as Record<string, string>)
    return text ? <p class="pill">{text}</p> : null
  }
  const own = m.kind === 'customer'
  const name = m.kind === 'digital' ? t('digital') : own ? t('you') : m.author_name || t('agent')
  const again = !late && before?.kind === m.kind && before.author_name === m.author_name
  const state = last ? t(`state.${deliveryOf(m, visit.state.thread)}`) : ''
  return (
    <>
      {time}
      <div class={'msg ' + m.kind}>
        <small class={own || again ? 'unseen' : undefined}>{name}</small>
        <div class="bubble">
          {m.text && (m.kind === 'digital' ? <Rich text={m.text} /> : <Plain text={m.text} />)}
          <Files files={m.files ?? []} />
          <Sources m={m} />
        </div>
        <Choices m={m} visit={visit} />
        <Verdict m={m} visit={visit} />
        <small class={last ? 'state' : 'unseen'}>
          {clockTime(m.at)} {state}
        </small>
      </div>
    </>
  )
}

function Sources({ m }: { m: Message }) {
  const sources = (m.sources ?? []).filter((source) => safeHref(source.url))
  if (!sources.length) return null
  return (
    <p class="sources">
      <small>{t('sources')}</small>
      {sources.map((source) => (
        <a href={source.url} target="_blank" rel="noopener">
          {source.title}
        </a>
      ))}
    </p>
  )
}

/** The digital agent asks which was meant. */
function Choices({ m, visit }: { m: Message; visit: Visit }) {
  const { thread } = visit.state
  const given = m.params?.choices
  if (m.kind !== 'digital' || !Array.isArray(given) || thread.messages.at(-1) !== m) return null
  const labels = given.map((c) => String((c as { label?: string } | null)?.label ?? c))
  return (
    <div class="questions">
      {labels.slice(0, 5).map((label) => (
        <Act onClick={() => void visit.say(label)}>{label}</Act>
      ))}
    </div>
  )
}

/** Whether this answer waits for 已解决 / 未解决. */
export function asksVerdict(m: Message | undefined, visit: Visit): boolean {
  if (!m || m.kind !== 'digital' || m.judged) return false
  if (visit.state.thread.conversation?.state !== 'digital') return false
  return m.code ? m.code === 'answer' : !!m.sources?.length
}

function Verdict({ m, visit }: { m: Message; visit: Visit }) {
  const { thread, large } = visit.state
  const latest = thread.messages.filter((o) => o.kind === 'digital').at(-1) === m
  if (m.kind !== 'digital' || !latest) return null
  const digital = thread.conversation?.state === 'digital'
  if (m.judged === 'solved') return <p class="verdict">{t('judge.thanks')}</p>
  if (digital && (m.judged === 'unsolved' || m.code === 'unknown'))
    return (
      <div class="verdict">
        {m.judged && <p>{t('judge.sorry')}</p>}
        <Act kind="primary" icon="person" onClick={() => void visit.askPerson()}>
          {t('person')}
        </Act>
      </div>
    )
  if (large || !asksVerdict(m, visit)) return null
  return (
    <div class="verdict" role="group" aria-label={t('judge.ask')}>
      <p>{t('judge.ask')}</p>
      <Act icon="check" onClick={() => void visit.judge(m.id, true)}>
        {t('judge.yes')}
      </Act>
      <Act icon="cross" onClick={() => void visit.judge(m.id, false)}>
        {t('judge.no')}
      </Act>
    </div>
  )
}

function Pending({ parcel, visit }: { parcel: Parcel; visit: Visit }) {
  const share = visit.state.uploads[parcel.client_id]
  const word = !visit.state.online
    ? t('state.waiting')
    : share !== undefined && share < 1
      ? t('uploading', { n: Math.round(share * 100) })
      : t('state.sending')
  return (
    <div class={'msg customer ' + (parcel.failed ? 'failed' : 'waits')}>
      <div class="bubble">
        {parcel.text && <Plain text={parcel.text} />}
        <LocalFiles files={parcel.files} />
        {share !== undefined && share < 1 && !parcel.failed && <progress value={share} />}
      </div>
      {parcel.failed ? (
        <div class="failure" role="alert">
          <span>{t('failed.why', { why: parcel.failed })}</span>
          <Act kind="ghost" onClick={() => void visit.retry(parcel.client_id)}>
            {t('retry')}
          </Act>
          <Act kind="ghost" onClick={() => void visit.discard(parcel.client_id)}>
            {t('discard')}
          </Act>
        </div>
      ) : (
        <small class="state">{word}</small>
      )}
    </div>
  )
}
