/** Acts that the house lets nobody do alone: where the server says so, what was wanted can be proposed to somebody else. */
import { ref } from 'vue'
import { ApiError } from '@/api/client'

export interface Asked { kind: string; body: object }

export function useSecondPerson() {
  const asked = ref<Asked | null>(null)
  async function tried<T>(kind: string, body: object, act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      if (error instanceof ApiError && error.code === 'accounts.second_person_needed') asked.value = { kind, body }
      throw error
    }
  }
  return { asked, tried }
}
