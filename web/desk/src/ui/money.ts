/** Money as people read it. Units: fen in, the locale's format out. */
export function money(fen: number | null | undefined, locale: string, currency = 'CNY'): string {
  if (fen === null || fen === undefined) return '–'
  return new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', minimumFractionDigits: fen % 100 ? 2 : 0, maximumFractionDigits: 2 }).format(fen / 100)
}

/** Yuan as somebody types them, as fen. */
export const fen = (yuan: number | null | undefined): number => Math.round((yuan ?? 0) * 100)
