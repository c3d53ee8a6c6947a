/** The steps of a macro in the order in which they go. Pure. */
import type { Step, Steps } from './types'

export function outline(steps: Partial<Steps>): Step['what'][] {
  const out: Step['what'][] = []
  if (steps.take) out.push('take')
  if (steps.reply) out.push('reply')
  if (steps.rich_template_id) out.push('card')
  if (steps.note) out.push('note')
  if (steps.tag_ids?.length) out.push('tags')
  if (steps.reason_id) out.push('reason')
  if (steps.priority) out.push('priority')
  if (steps.end) out.push(steps.end)
  return out
}

/** Whether a text still has a gap (____) to be filled. */
export const hasGap = (text: string) => /_{3,}/.test(text)
