// What may be done with one message.
import type { Conversation, Message } from '../types'
import { Act } from '../views/parts'
import type { Visit } from '../visit'
import { maybe, t } from '../words'
import { SIGNS } from './signs'

const RECALL_MS = 120_000

const ask = (visit: Visit, method: string, path: string, body: unknown) =>
  visit.attempt(async () =>
    visit.hearing.take(await visit.api.ask<Conversation>(method, `/messages/${path}`, body)),
  )

interface ActsProps {
  m: Message
  visit: Visit
  leave: () => void
}

export function Acts({ m, visit, leave }: ActsProps) {
  const mine = m.reactions?.find((one) => one.own)?.code
  const own = m.kind === 'customer' && m.code !== 'mail'
  const young = Date.now() - +new Date(m.at) < RECALL_MS
  const then = (work: Promise<boolean>) => void work.then(leave)
  const reply = () => {
    visit.set({ quote: m })
    leave()
    document.querySelector('textarea')?.focus()
  }
  return (
    <div
      class="acts"
      role="group"
      aria-label={t('act.more')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        leave()
      }}
    >
      <Act onClick={reply}>{t('act.reply')}</Act>
      {own && young && (
        <Act onClick={() => then(ask(visit, 'POST', `${m.id}/recalls`, {}))}>{t('act.recall')}</Act>
      )}
      <Act kind="ghost" icon="cross" label={t('act.close')} onClick={leave} />
      <div class="signs" role="group" aria-label={t('act.react')}>
        {Object.entries(SIGNS).map(([code, sign]) => (
          <button
            type="button"
            class="act ghost square"
            aria-label={maybe('sign.' + code) ?? code}
            title={maybe('sign.' + code) ?? code}
            aria-pressed={code === mine}
            onClick={() =>
              then(
                ask(visit, 'PUT', `${m.id}/reaction`, { reaction: code === mine ? null : code }),
              )
            }
          >
            {sign}
          </button>
        ))}
      </div>
    </div>
  )
}
