/** Which way a reply takes: where the customer wrote last, until somebody chooses the other. */
import { reactive } from 'vue'
import type { ConversationRow } from '@/api/types'

const KEY = 'peakend.by_mail'
function kept(): string[] {
  try { return JSON.parse(localStorage.getItem(KEY) ?? '[]') as string[] } catch { return [] }
}
/** Answered the other way for now; once the customer himself writes another way, that counts. */
const chosen = reactive(new Set<string>(kept()))

const byMail = (row: ConversationRow) => row.channel_kind === 'mail'
/** No chat shows it to the customer. */
export const isMail = (row: ConversationRow): boolean => byMail(row) && !row.in_chat
export const goesByMail = (row: ConversationRow): boolean => isMail(row) || byMail(row) !== chosen.has(`${row.id}${+byMail(row)}`)

export function chooseMail(id: string, on: boolean, mailed = false): void {
  chosen[on ? 'add' : 'delete'](`${id}0`)
  chosen[on || !mailed ? 'delete' : 'add'](`${id}1`)
  try { localStorage.setItem(KEY, JSON.stringify([...chosen].slice(-50))) } catch { /* this browser keeps nothing */ }
}
