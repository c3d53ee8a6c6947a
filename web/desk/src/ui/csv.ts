import type { Column } from './kinds'

/** Write the shown rows as CSV; a byte order mark lets spreadsheet programs read Chinese. */
export function csv<Row>(columns: Column<Row>[], rows: Row[]): string {
  const lines = [columns.map((one) => cell(one.label))]
  for (const row of rows) lines.push(columns.map((one) => cell(one.value?.(row))))
  return `\uFEFF${lines.map((line) => line.join(',')).join('\r\n')}\r\n`
}

function cell(value: string | number | null | undefined): string {
  let text = String(value ?? '')
  // A leading sign would be run as a formula by a spreadsheet program.
  if (typeof value !== 'number' && /^[=+\-@\t\r]/.test(text)) text = `'${text}`
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function downloadCsv<Row>(name: string, columns: Column<Row>[], rows: Row[]): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([csv(columns, rows)], { type: 'text/csv' }))
  link.download = `${name}.csv`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
