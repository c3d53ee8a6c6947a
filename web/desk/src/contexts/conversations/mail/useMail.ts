/** One mail of the timeline, its pictures, and whether those from elsewhere show by themselves. */
import { useQuery } from '@tanstack/vue-query'
import { computed, reactive, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { address, api } from '@/api/client'
import type { Message, Shapes } from '@/api/types'
import { currentLanguage } from '@/app/i18n'
import { prefer, preferences } from '@/app/session'
import type { Asked } from './paper'

export type Mail = Shapes['MailShown']
const AT_ONCE = 4
const MOST_BYTES = 32 * 1024 * 1024
const MOST_SENDERS = 100

export const mailPath = (message: Message) => `/conversations/${message.conversation_id}/messages/${message.id}/mail` as const

export function useMail(message: MaybeRefOrGetter<Message>, wanted: MaybeRefOrGetter<boolean>) {
  return useQuery({
    queryKey: ['mail', computed(() => toValue(message).id)],
    queryFn: () => api.get<Mail>(mailPath(toValue(message))),
    enabled: computed(() => toValue(wanted)),
    staleTime: 120_000,
    retry: 1,
  })
}

const bare = (text: string) => text.replace(/\s+/g, '').length
/** Whether a mail says more than its message: history, or more than a message holds. */
export const hasMore = (mail: Pick<Mail, 'text' | 'reply_text'>, message: string): boolean => bare(mail.text) > bare(message || mail.reply_text)

/** The agent's own list of senders whose pictures show by themselves: keys that name nobody. */
export function trusts(sender: string): boolean {
  return !!sender && !!preferences.mail_pictures?.includes(sender)
}
export function trust(sender: string, on: boolean): void {
  const others = (preferences.mail_pictures ?? []).filter((one) => one !== sender)
  prefer({ mail_pictures: on ? [...others, sender].slice(-MOST_SENDERS) : others })
}

/** Pictures as data: fetched here, as the frame itself may ask nobody. */
export function usePictures(message: MaybeRefOrGetter<Message>) {
  const got = reactive(new Map<number, string>())
  const failed = ref(0)
  const busy = ref(false)
  let bytes = 0
  let round = 0
  watch(() => toValue(message).id, () => { round += 1; got.clear(); failed.value = 0; busy.value = false; bytes = 0 })

  async function one(number: number, mine: number): Promise<void> {
    try {
      const answer = await fetch(address(`${mailPath(toValue(message))}/pictures/${number}`), { headers: { 'Accept-Language': currentLanguage() }, credentials: 'same-origin' })
      const found = answer.ok ? await answer.blob() : null
      if (mine !== round) return
      if (!found || !/^image\/(png|jpeg)$/.test(found.type) || bytes + found.size > MOST_BYTES) { failed.value += 1; return }
      bytes += found.size
      const data = await asData(found)
      if (mine === round) got.set(number, data)
    } catch {
      if (mine === round) failed.value += 1
    }
  }

  async function load(list: Asked[]): Promise<void> {
    const left = list.map((picture) => picture.number).filter((number) => !got.has(number))
    if (!left.length) return
    const mine = round
    busy.value = true
    failed.value = 0
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let number = left.shift(); number !== undefined && mine === round; number = left.shift()) await one(number, mine)
    }))
    if (mine === round) busy.value = false
  }
  return { got, failed, busy, load }
}

function asData(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result as string)
    reader.onerror = () => reject(reader.error ?? new Error('unread'))
    reader.readAsDataURL(blob)
  })
}
