// What a message answers to, and the line above the field that says so. Text only, never markup.
import { useEffect } from 'preact/hooks'
import type { Message, Quote } from '../types'
import { Act } from '../views/parts'
import type { Visit } from '../visit'
import { t } from '../words'
import { fetchOlder, hasOlder } from './older'

const nameOf = (kind: Message['kind'], author?: string | null) =>
  kind === 'customer' ? t('you') : kind === 'digital' ? t('digital') : author || t('agent')

const textOf = (quote: Quote) =>
  quote.recalled ? t('quote.gone') : quote.text || (quote.file_name ?? '')

/** Show the message that was quoted, fetching older ones as far as needed. */
async function jump(visit: Visit, seq: number): Promise<void> {
  const find = () => document.querySelector<HTMLElement>(`[data-seq="${seq}"]`)
  for (let tries = 0; !find() && tries < 8 && hasOlder(visit.state.thread); tries++)
    await fetchOlder(visit)
  const row = find()
  row?.scrollIntoView({ block: 'center' })
  row?.classList.add('found')
  setTimeout(() => row?.classList.remove('found'), 2500)
}

export function Quoted({ quote, visit }: { quote: Quote; visit: Visit }) {
  const name = nameOf(quote.kind, quote.author_name)
  const inside = (
    <>
      <b>{name}</b> {textOf(quote)}
    </>
  )
  if (!quote.seq) return <p class="quote">{inside}</p>
  return (
    <button
      type="button"
      class="quote"
      aria-label={t('quote.jump', { name, text: textOf(quote) })}
      onClick={() => void jump(visit, quote.seq!)}
    >
      {inside}
    </button>
  )
}

/** Above the field: what the next message will answer to. */
export function Quoting({ visit }: { visit: Visit }) {
  const { quote, thread } = visit.state
  const now = thread.messages.find((m) => m.id === quote?.id)
  useEffect(() => {
    if (quote && now?.recalled) visit.set({ quote: null })
  }, [now?.recalled])
  if (!quote) return null
  return (
    <div class="quoting" role="group" aria-label={t('act.reply')}>
      <p class="quote">
        <b>{nameOf(quote.kind, quote.author_name)}</b> {quote.text || quote.files?.[0]?.name}
      </p>
      <Act
        kind="ghost"
        icon="cross"
        label={t('quote.drop')}
        onClick={() => visit.set({ quote: null })}
      />
    </div>
  )
}
