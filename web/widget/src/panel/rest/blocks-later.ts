// Rich messages are shown by a part of their own, fetched with the first of them. Until it is here,
// and where it does not come, the same stands there in words.
import { useEffect, useState } from 'preact/hooks'

type Part = typeof import('../blocks/index')

let part: Part | null = null

export function useBlocks(wanted: boolean): Part | null {
  const [, here] = useState(part)
  useEffect(() => {
    if (!wanted || part) return
    void import('../blocks/index').then(
      (found) => {
        part = found
        here(() => found)
      },
      () => undefined,
    )
  }, [wanted])
  return wanted ? part : null
}
