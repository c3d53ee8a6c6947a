// The signs that people put to messages; a code that is not here shows nothing.
export const SIGNS: Record<string, string> = {
  like: '👍',
  heart: '❤️',
  smile: '😊',
  thanks: '🙏',
  worried: '😟',
  done: '✅',
}
