/** What a member adds below his answers by mail, by languages. */
import type { Shapes } from '@/api/types'

export type Own = Shapes['OwnSignature']
export type OwnLines = Record<Own['language'], string>

export const linesOf = (found: readonly Own[]): OwnLines => Object.fromEntries(found.map((one) => [one.language, one.body])) as OwnLines
/** The languages whose lines were changed: only those are written. */
export const changedIn = (draft: OwnLines, found: readonly Own[]): Own['language'][] => found.filter((one) => draft[one.language] !== one.body).map((one) => one.language)
