/** Which way a reply takes: by mail where the conversation came by mail, or where somebody chose it in a chat. */
import { reactive } from 'vue'
import type { ConversationRow } from '@/api/types'

const KEY = 'peakend.by_mail'
function kept(): string[] {
  try { return JSON.parse(localStorage.getItem(KEY) ?? '[]') as string[] } catch { return [] }
}
/** Chats that somebody answers by mail for now. */
const chosen = reactive(new Set<string>(kept()))

export const isMail = (row: ConversationRow): boolean => row.channel_kind === 'mail'
export const goesByMail = (row: ConversationRow): boolean => isMail(row) || chosen.has(row.id)

export function chooseMail(id: string, on: boolean): void {
  if (on) chosen.add(id)
  else chosen.delete(id)
  try { localStorage.setItem(KEY, JSON.stringify([...chosen].slice(-50))) } catch { /* this browser keeps nothing */ }
}
