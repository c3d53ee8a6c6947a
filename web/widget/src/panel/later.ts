// What nobody needs in the first moment: fetched at once after the panel stands, and again until it
// has come.
import { addWords } from './words'

type Rest = typeof import('./rest/index')

export let later: Rest | null = null

export async function loadLater(): Promise<void> {
  try {
    const [rest] = await Promise.all([import('./rest/index'), addWords()])
    later = rest
  } catch {
    await new Promise((done) => setTimeout(done, 3000))
    await loadLater()
  }
}
