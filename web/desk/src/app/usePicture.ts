/** Sending a person's picture, one's own or a member's, and taking it away. */
import { ref } from 'vue'
import { api } from '@/api/client'
import { reason } from './failures'

export function usePicture<T>(path: '/session/picture' | `/members/${string}/picture`, done: (answer: T) => void) {
  const busy = ref(false)
  const error = ref<string | null>(null)
  async function run(send: () => Promise<T>) {
    if (busy.value) return
    busy.value = true
    error.value = null
    try {
      done(await send())
    } catch (problem) {
      error.value = reason(problem)
    } finally {
      busy.value = false
    }
  }
  return {
    busy, error,
    choose: (file: File) => run(() => api.upload<T>(path, file)),
    remove: () => run(() => api.remove<T>(path)),
  }
}
