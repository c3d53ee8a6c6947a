import { needWords } from '@/app/i18n'

/** Hear what has to be looked at again, wherever the desk is; the count goes to `told`. */
export async function followDirectory(go: (path: string) => void, told: (count: number) => void): Promise<() => void> {
  await needWords('directory')
  return (await import('./following')).follow(go, told)
}
