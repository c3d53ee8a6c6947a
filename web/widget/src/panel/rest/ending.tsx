import { Refusal } from '../api'
import { useState } from 'preact/hooks'
import type { Visit } from '../visit'
import { t, type Key } from '../words'
import { Act } from '../views/parts'

/** Solved or not, 1 to 5 in words, and what else one wants to say; one step at a time in large type. */
export function Ending({ visit }: { visit: Visit }) {
  const { thread, large, rated } = visit.state
  const survey = thread.conversation?.survey
  const [solved, setSolved] = useState<boolean | null>(null)
  const [rating, setRating] = useState(0)
  const [comment, setComment] = useState('')
  const done = rated === 'done' || survey?.answered
  if (done || !survey?.token)
    return (
      <section class="card">
        <h2>{t('ended')}</h2>
        {done && <p role="status">{t('rate.thanks')}</p>}
      </section>
    )
  const step = solved === null ? 1 : !rating ? 2 : 3
  const shows = (n: number) => !large || step === n
  const scores = large ? [5, 4, 3, 2, 1] : [1, 2, 3, 4, 5]
  return (
    <section class="card ending">
      <h2>{t('ended')}</h2>
      {shows(1) && (
        <div role="group" aria-label={t('rate.solved')}>
          <p>{t('rate.solved')}</p>
          <div class="pair">
            <Act pressed={solved === true} onClick={() => setSolved(true)}>
              {t('rate.yes')}
            </Act>
            <Act pressed={solved === false} onClick={() => setSolved(false)}>
              {t('rate.no')}
            </Act>
          </div>
        </div>
      )}
      {shows(2) && (
        <div role="group" aria-label={t('rate.score')}>
          <p>{t('rate.score')}</p>
          <div class="scores">
            {scores.map((n) => (
              <Act pressed={rating === n} onClick={() => setRating(n)}>
                <b>{n}</b>
                {t(`rate.${n}` as Key)}
              </Act>
            ))}
          </div>
        </div>
      )}
      {shows(3) && (
        <>
          <textarea
            rows={2}
            maxLength={1000}
            placeholder={t('rate.comment')}
            aria-label={t('rate.comment')}
            value={comment}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
          <Act
            kind="primary"
            disabled={step < 3 || rated === 'sending'}
            onClick={() => void rate(visit, solved!, rating, comment)}
          >
            {t('rate.send')}
          </Act>
        </>
      )}
      {rated === 'failed' && <p role="alert">{t('rate.failed')}</p>}
    </section>
  )
}

async function rate(visit: Visit, solved: boolean, rating: number, comment: string): Promise<void> {
  const token = visit.state.thread.conversation?.survey?.token
  if (!token) return
  visit.set({ rated: 'sending' })
  try {
    await visit.api.rate({ token, solved, rating, comment: comment.trim().slice(0, 1000) })
    visit.set({ rated: 'done' })
  } catch (error) {
    const again = error instanceof Refusal && error.status === 409
    visit.set({ rated: again ? 'done' : 'failed' })
  }
}
