import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Acts } from './acts'
import { ofChannel } from './links'
import { asksVerdict, deliveryOf } from '../thread'
import type { Message, Parcel } from '../types'
import { Act, Plain } from '../views/parts'
import type { Visit } from '../visit'
import { language, maybe, t } from '../words'
import { clockTime, dayTime } from './times'
import { useBlocks } from './blocks-later'
import { Files, LocalFiles } from './files'
import { Quoted } from './quoting'
import { SIGNS } from './signs'
import { Rich } from './markdown'

const GAP_MS = 10 * 60000

interface RowProps {
  m: Message
  before?: Message
  visit: Visit
  last?: boolean
}

export function Row({ m, before, visit, last }: RowProps) {
  const blocks = useBlocks(m.kind !== 'customer' && (m.code === 'rich' || !!m.params?.quick))
  const late = !before || +new Date(m.at) - +new Date(before.at) > GAP_MS
  const time = late && <p class="time">{dayTime(m.at)}</p>
  if (m.kind === 'system') {
    const given = (m.params ?? {}) as Record<string, string>
    const params = given.promised_at ? { ...given, when: dayTime(given.promised_at) } : given
    const text = m.text || maybe('sys.' + m.code, params)
    return text ? <p class="pill">{text}</p> : null
  }
  const own = m.kind === 'customer'
  if (m.code === 'mail_closed')
    return (
      <p class="pill" data-seq={m.seq}>
        {t(own ? 'mail.closed_own' : 'mail.closed')} {dayTime(m.at)}
      </p>
    )
  if (m.recalled) {
    const who = own ? t('you') : m.author_name || t('agent')
    return (
      <p class="pill" data-seq={m.seq}>
        {t('recalled', { name: who })}
      </p>
    )
  }
  const name = m.kind === 'digital' ? t('digital') : own ? t('you') : m.author_name || t('agent')
  const again = !late && before?.kind === m.kind && before.author_name === m.author_name
  const state = last ? t(`state.${deliveryOf(m, visit.state.thread)}`) : ''
  return (
    <>
      {time}
      <div class={'msg ' + m.kind} data-seq={m.seq}>
        <small class={own || again ? 'unseen' : undefined}>{name}</small>
        <Bubble m={m} visit={visit}>
          {m.quote && <Quoted quote={m.quote} visit={visit} />}
          {blocks && m.code === 'rich' ? (
            <blocks.Blocks m={m} visit={visit} />
          ) : (
            <>
              {m.text && (m.kind === 'digital' ? <Rich text={m.text} /> : <Plain text={m.text} />)}
              <Files files={m.files ?? []} />
            </>
          )}
          <Sources m={m} />
        </Bubble>
        <Signs m={m} />
        {blocks && <blocks.Quick m={m} visit={visit} />}
        <Verdict m={m} visit={visit} />
        <small class={last || m.code === 'mail' ? 'state' : 'unseen'}>
          {clockTime(m.at)} {m.code === 'mail' && t('mail.by')} {state}
        </small>
      </div>
    </>
  )
}

/** The message itself, and the way to what may be done with it: a button, or a long press. */
function Bubble({ m, visit, children }: { m: Message; visit: Visit; children: ComponentChildren }) {
  const [acting, setActing] = useState(false)
  const press = useRef<ReturnType<typeof setTimeout>>(undefined)
  const button = useRef<HTMLButtonElement>(null)
  const open = () => setActing(true)
  const leave = () => {
    setActing(false)
    button.current?.focus()
  }
  const calm = () => clearTimeout(press.current)
  useEffect(() => calm, [])
  return (
    <>
      <div class="line">
        <div
          class="bubble"
          onPointerDown={(event) => {
            calm()
            if (event.pointerType === 'touch') press.current = setTimeout(open, 500)
          }}
          onPointerMove={calm}
          onPointerUp={calm}
          onPointerCancel={calm}
        >
          {children}
        </div>
        <button
          ref={button}
          type="button"
          class="act ghost square dots"
          aria-label={t('act.more')}
          title={t('act.more')}
          aria-expanded={acting}
          onClick={() => (acting ? leave() : open())}
        >
          <span aria-hidden="true">⋯</span>
        </button>
      </div>
      {acting && <Acts m={m} visit={visit} leave={leave} />}
    </>
  )
}

function Signs({ m }: { m: Message }) {
  const given = (m.reactions ?? []).filter((one) => one.code in SIGNS)
  if (!given.length) return null
  return (
    <p class="given">
      {given.map((one) => (
        <span title={one.own ? t('you') : t('agent')}>
          <span aria-hidden="true">{SIGNS[one.code]}</span>
          <span class="unseen">
            {one.own ? t('you') : t('agent')} {maybe('sign.' + one.code)}
          </span>
        </span>
      ))}
    </p>
  )
}

function Sources({ m }: { m: Message }) {
  const sources = (m.sources ?? []).flatMap(({ title, url }) => {
    const href = ofChannel(url)
    return href ? [{ title, href }] : []
  })
  if (!sources.length) return null
  return (
    <p class="sources">
      <small>{t(m.code === 'answer' || !m.code ? 'sources' : 'sources.near')}</small>
      {sources.map((source) => (
        <a href={source.href} target="_blank" rel="noopener">
          {source.title}
        </a>
      ))}
    </p>
  )
}

function Verdict({ m, visit }: { m: Message; visit: Visit }) {
  const { thread, large } = visit.state
  const latest = thread.messages.filter((o) => o.kind === 'digital').at(-1) === m
  if (m.kind !== 'digital' || !latest) return null
  if (m.judged === 'solved') return <p class="verdict">{t('judge.thanks')}</p>
  if (m.judged === 'unsolved') return <p class="verdict">{t('judge.sorry')}</p>
  if (large || !asksVerdict(thread, m)) return null
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

export function Pending({ parcel, visit }: { parcel: Parcel; visit: Visit }) {
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
          <Act kind="ghost" onClick={() => void visit.writing.retry(parcel.client_id)}>
            {t('retry')}
          </Act>
          <Act kind="ghost" onClick={() => void visit.writing.discard(parcel.client_id)}>
            {t('discard')}
          </Act>
        </div>
      ) : (
        <small class="state">{word}</small>
      )}
    </div>
  )
}

/** What others often ask, as first taps. */
export function Questions({ visit }: { visit: Visit }) {
  const look = visit.state.config?.channel.look
  const line = (language === 'en' ? look?.questions_en : look?.questions_zh) ?? ''
  const questions = line.split(/[;；]/).flatMap((part) => part.trim() || [])
  if (!questions.length) return null
  return (
    <div class="questions">
      <small>{t('ask')}</small>
      {questions.slice(0, 4).map((question) => (
        <Act onClick={() => void visit.writing.say(question)}>{question}</Act>
      ))}
    </div>
  )
}
