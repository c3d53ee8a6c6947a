/** Shapes of what is carried in and out, and where files are fetched. */
import type { Shapes } from '@/api/types'

export type Kind = Shapes['KindView']
export type Import = Shapes['Import']
export type Fault = Shapes['Fault']
export type Export = Shapes['Export']
export type Archive = Shapes['Archive']
/** A zip of Markdown files rather than a table. */
export const isFolder = (run: Import) => run.encoding === 'zip'
export const moving = (run: Import) => run.state === 'checking' || run.state === 'running'

/** Let the browser keep a file of ours: the answer says what it is called. */
export function fetchFile(path: string): void {
  const link = document.createElement('a')
  link.href = `/api${path}`
  link.download = ''
  link.click()
}
