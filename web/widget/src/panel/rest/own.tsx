import { useEffect, useRef, useState } from 'preact/hooks'
import { Refusal } from '../api'
import type { Conversation } from '../types'
import { Act } from '../views/parts'
import type { Visit } from '../visit'
import { t } from '../words'
import { dayTime } from './times'

interface OwnConversation {
  id: string
  number: number
  way: 'mail' | 'chat'
  subject: string
  last_message_at: string
}

/** What a mail's link stands for; behind the #, where no server and no log sees it. */
const marks = new URLSearchParams(location.hash.slice(1))
let mailed = marks.get('mail') ?? ''
if (mailed) history.replaceState(null, '', location.pathname + location.search)

/** Other open conversations of the visitor's, one tap away; and the way to show whose a mail is. */
export function Own({ visit }: { visit: Visit }) {
  const { phase, open, thread } = visit.state
  const here = thread.conversation?.id
  const [found, setFound] = useState<OwnConversation[]>([])
  const [busy, setBusy] = useState(false)
  const [proving, setProving] = useState(!!mailed)
  useEffect(() => {
    if (phase !== 'ready' || !open || !visit.api.token) return
    // What cannot be fetched now is asked for with the next opening.
    void visit.api
      .ask<OwnConversation[]>('GET', '/conversations')
      .then(setFound)
      .catch(() => undefined)
  }, [phase, open, here, thread.conversation?.state])

  const goOn = async (id: string) => {
    setBusy(true)
    await visit.attempt(async () => {
      visit.hearing.take(
        await visit.api.ask<Conversation>('POST', '/continuations', { conversation_id: id }),
      )
      document.querySelector('textarea')?.focus()
    })
    setBusy(false)
  }
  const closed = thread.messages.some((m) => m.code === 'mail_closed')
  const others = found.filter((one) => one.id !== here)
  if (proving)
    return (
      <Proof
        visit={visit}
        leave={(conversation) => {
          mailed = ''
          setProving(false)
          if (conversation !== undefined) visit.hearing.take(conversation)
          if (conversation !== undefined) void visit.hearing.catchUp(true)
        }}
      />
    )
  if (!others.length)
    return closed ? (
      <Act class="alone" onClick={() => setProving(true)}>
        {t('own.prove')}
      </Act>
    ) : null
  return (
    <section class="card" aria-label={t('own.title')}>
      {others.map((one) => (
        <div class="own" key={one.id}>
          <p class="big">{t(one.way === 'mail' ? 'own.mail' : 'own.chat')}</p>
          <p>
            {one.subject && <b>{one.subject}</b>} {dayTime(one.last_message_at)}
          </p>
          <Act disabled={busy} onClick={() => void goOn(one.id)}>
            {t(one.way === 'mail' ? 'own.go_mail' : 'own.go_chat')}
          </Act>
        </div>
      ))}
    </section>
  )
}

/** A code that goes to the mailbox shows that it is his; a link alone shows nothing. */
function Proof(props: { visit: Visit; leave: (conversation?: Conversation | null) => void }) {
  const { visit, leave } = props
  const [email, setEmail] = useState('')
  const [code, setCode] = useState('')
  const [sent, setSent] = useState<{ id: string; seen: string } | null>(null)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const byLink = useRef(mailed).current
  useEffect(() => field.current?.focus(), [sent])
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true)
    setFault('')
    try {
      await work()
    } catch (error) {
      setFault((error instanceof Refusal && error.message) || t('reconnecting'))
    }
    setBusy(false)
  }
  const send = () =>
    attempt(async () =>
      setSent(await visit.api.ask('POST', '/proofs', byLink ? { link: byLink } : { email })),
    )
  const check = () =>
    attempt(async () =>
      leave(await visit.api.ask<Conversation | null>('POST', `/proofs/${sent!.id}/codes`, { code })),
    )
  const ready = sent ? /^\s*\d{6}\s*$/.test(code) : !!byLink || /.@./.test(email)
  const go = () => void (ready && !busy && (sent ? check() : send()))
  return (
    <section class="card" aria-label={t('own.prove')}>
      <h2>{t('own.prove')}</h2>
      <p>{sent ? t('own.sent', { to: sent.seen || email }) : t(byLink ? 'own.by_link' : 'own.why')}</p>
      {(sent || !byLink) && (
        <input
          ref={field}
          value={sent ? code : email}
          type="text"
          inputMode={sent ? 'numeric' : 'email'}
          autocomplete={sent ? 'one-time-code' : 'email'}
          maxLength={sent ? 8 : 254}
          aria-label={t(sent ? 'own.code' : 'own.email')}
          placeholder={t(sent ? 'own.code' : 'own.email')}
          onInput={(event) => (sent ? setCode : setEmail)(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && !event.isComposing && go()}
        />
      )}
      {fault && <p role="alert">{fault}</p>}
      <div class="others">
        <Act kind="primary" disabled={!ready || busy} onClick={go}>
          {t(sent ? 'own.check' : 'own.send')}
        </Act>
        <Act onClick={() => (sent ? setSent(null) : leave())}>{t(sent ? 'own.again' : 'own.not_now')}</Act>
      </div>
    </section>
  )
}
