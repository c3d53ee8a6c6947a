/** Searching in short lists: substring, or the first letters of the pinyin (`zj` finds 转接). */
const LETTERS = 'ABCDEFGHJKLMNOPQRSTWXYZ'
const FIRST = '阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀'
const order = new Intl.Collator('zh-CN-u-co-pinyin')

function initial(sign: string): string {
  if (sign < '一' || sign > '龥') return sign
  let letter = ''
  for (let at = 0; at < FIRST.length && order.compare(FIRST[at], sign) <= 0; at++) letter = LETTERS[at]
  return letter
}

/** Nobody types the colon between two words of a title. */
const plain = (text: string) => text.replace(/[\s\p{P}]/gu, '')

const known = new Map<string, string>()
export function initials(text: string): string {
  let found = known.get(text)
  if (found === undefined) {
    found = [...text].map(initial).join('').toLowerCase()
    known.set(text, found)
  }
  return found
}

export function matches(query: string, ...texts: (string | undefined)[]): boolean {
  const wanted = query.trim().toLowerCase()
  if (!wanted) return true
  const letters = plain(wanted)
  return texts.some((text) => text && (text.toLowerCase().includes(wanted) || (letters && (plain(text.toLowerCase()).includes(letters) || plain(initials(text)).includes(letters)))))
}
