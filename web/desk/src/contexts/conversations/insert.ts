/** The way from a suggestion or a canned reply into the open composer. */
type Insert = (text: string, article_id?: string) => void
let target: Insert | null = null

export function composerTakes(insert: Insert): () => void {
  target = insert
  return () => { if (target === insert) target = null }
}

/** Put text into the open composer. Returns whether there was one. */
export function insertIntoComposer(text: string, article_id?: string): boolean {
  target?.(text, article_id)
  return target !== null
}
