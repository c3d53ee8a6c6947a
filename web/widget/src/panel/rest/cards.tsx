import type { Visit } from '../visit'
import { maybe, t } from '../words'
import { Own } from './own'
import { clockTime, dayTime, waitRange } from './times'
import { Icon } from '../views/parts'
import { ofChannel } from './links'

/** Position and an honest range; other ways are offered below, never pushed. */
export function Waiting({ visit }: { visit: Visit }) {
  const { conversation } = visit.state.thread
  if (conversation?.state !== 'waiting' || conversation.out_of_hours) return null
  const { waiting } = conversation
  const ahead = (waiting?.position ?? 0) - 1
  return (
    <section class="card" aria-live="polite">
      <h2>
        <Icon name="clock" /> {t('waiting.title')}
      </h2>
      {waiting && waiting.position > 0 && (
        <p class="big">{ahead > 0 ? t('waiting.position', { n: ahead }) : t('waiting.first')}</p>
      )}
      <p class="big">{waitRange(waiting?.low_s ?? null, waiting?.high_s ?? null)}</p>
      {waiting?.updated_at && (
        <small>{t('waiting.updated', { time: clockTime(waiting.updated_at) })}</small>
      )}
      <p>{t('waiting.leave')}</p>
      <Others visit={visit} />
    </section>
  )
}

/** What stands below the messages: whether anybody is there, and what else the visitor has open. */
export const Hours = ({ visit }: { visit: Visit }) => (
  <>
    <Open visit={visit} />
    <Own visit={visit} />
  </>
)

function Open({ visit }: { visit: Visit }) {
  const { thread, config, fresh } = visit.state
  const { conversation } = thread
  const outside = conversation?.out_of_hours
  const quiet = !conversation && config?.hours && !config.hours.open_now
  if (fresh || conversation?.state === 'closed' || conversation?.state === 'serving') return null
  if (!outside && !quiet) return null
  const next = outside?.next_open_at ?? config?.hours?.next_open_at
  return (
    <section class="card">
      <h2>
        <Icon name="clock" /> {t('hours.title')}
      </h2>
      {next && <p>{t('hours.next', { when: dayTime(next) })}</p>}
      {outside?.promised_at ? (
        <p class="big">{t('hours.promise', { when: dayTime(outside.promised_at) })}</p>
      ) : (
        <p>{t('hours.leave')}</p>
      )}
      {outside && <Others visit={visit} />}
    </section>
  )
}

function Others({ visit }: { visit: Visit }) {
  const others = (visit.state.thread.conversation?.others ?? []).flatMap((other) =>
    other.href && ofChannel(other.href) ? [{ ...other, href: ofChannel(other.href)! }] : [],
  )
  if (!others.length) return null
  return (
    <div class="others">
      <small>{t('others')}</small>
      {others.map((other) => (
        <a
          class="act"
          href={other.href}
          target={/^(tel|mailto):/.test(other.href) ? undefined : '_blank'}
          rel="noopener"
        >
          {other.label || maybe('other.' + other.kind) || other.kind}
        </a>
      ))}
    </div>
  )
}
