import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Visit } from '../visit'
import { language, t } from '../words'
import { later } from '../later'
import { Act, Plain } from './parts'

/** The thread: opens at its end and stays there until the visitor scrolls up. */
export function Log({ visit }: { visit: Visit }) {
  const { thread, pending, config, fresh } = visit.state
  const box = useRef<HTMLDivElement>(null)
  const pinned = useRef(true)
  const [below, setBelow] = useState(false)
  const counted = useRef(0)
  const { conversation } = thread
  const rowsLast = thread.messages.at(-1)
  // Grows with what comes at the end, not with what is fetched at the beginning.
  const count = thread.past.length + (rowsLast?.seq ?? 0) + pending.length
  const first = thread.messages[0]?.id
  const height = useRef(0)
  /** Where we put the scroll ourselves: only another place was chosen by the visitor. */
  const put = useRef(0)
  const scrollTo = (top: number) => {
    box.current!.scrollTop = top
    put.current = box.current!.scrollTop
  }
  const down = () => scrollTo(box.current!.scrollHeight)
  /** To the end, but never past the beginning of an answer that is longer than the window. */
  const follow = () => {
    const log = box.current!
    const last = log.querySelectorAll<HTMLElement>('.rows > .msg')
    const top = (last[last.length - 1]?.offsetTop ?? 0) - 12
    const end = log.scrollHeight - log.clientHeight
    const all = rowsLast?.kind === 'customer' || log.querySelector('.card')
    scrollTo(all ? end : Math.min(end, top))
  }

  const latest = useRef(follow)
  latest.current = follow
  useLayoutEffect(() => {
    if (pinned.current) follow()
    else if (count > counted.current) setBelow(true)
    counted.current = count
  }, [count, conversation?.state, thread.typing, !later])
  // Older messages push nothing away from under the eye.
  useLayoutEffect(() => {
    if (height.current && !pinned.current)
      scrollTo(box.current!.scrollTop + box.current!.scrollHeight - height.current)
    height.current = 0
  }, [first])
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

  const { Row, Pending, Questions } = later ?? {}
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
          const near = log.scrollHeight - log.scrollTop - log.clientHeight < 48
          if (near) setBelow(false)
          if (near || Math.abs(log.scrollTop - put.current) > 2) pinned.current = near
          if (log.scrollTop < 200 && !pinned.current) {
            height.current = log.scrollHeight
            void later?.fetchOlder(visit)
          }
          visit.seeing.seen()
        }}
      >
        <div class="rows">
          {Row && past.map((m, i) => <Row key={m.id} m={m} before={past[i - 1]} visit={visit} />)}
          {past.length > 0 && <p class="pill">{t('past')}</p>}
          {rows[0]?.code !== 'greeting' && (
            <div class="msg digital">
              <small>{t('digital')}</small>
              <div class="bubble">
                <Plain text={greeting} />
              </div>
            </div>
          )}
          {!rows.length && !pending.length && Questions && <Questions visit={visit} />}
          {Row &&
            rows.map((m, i) => (
              <Row key={m.id} m={m} before={rows[i - 1]} visit={visit} last={m === lastOwn} />
            ))}
          {Pending && pending.map((p) => <Pending key={p.client_id} parcel={p} visit={visit} />)}
          {thread.typing !== null && !ended && (
            <p class="typing" role="status">
              {conversation?.state === 'digital'
                ? t('typing.digital')
                : t('typing.agent', { name: thread.typing || t('agent') })}
            </p>
          )}
          {thinking && thread.typing === null && <p class="typing">{t('typing.digital')}</p>}
          {later && <later.Waiting visit={visit} />}
          {later && <later.Hours visit={visit} />}
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
