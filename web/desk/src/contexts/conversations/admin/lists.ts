/** Short texts kept as one line, parted by semicolons of either width. */
export function asList(text: string): string[] {
  return text.split(/[;；]/).map((one) => one.trim()).filter(Boolean)
}

export function asText(list: string[], between: string): string {
  return list.map((one) => one.replace(/[;；]/g, ' ').trim()).filter(Boolean).join(between)
}
