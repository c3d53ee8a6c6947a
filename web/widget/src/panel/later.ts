// What nobody needs in the first second: it is fetched once the panel stands.

type Rest = typeof import('./rest')

export let later: Rest | null = null

export async function loadLater(): Promise<void> {
  later ??= await import('./rest')
}
