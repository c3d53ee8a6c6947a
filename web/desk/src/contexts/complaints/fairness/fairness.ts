/** Where an amount lies between the least and the most. Units: percent from the left. */
export const placeOf = (fen: number, least: number, most: number): number => (most > least ? Math.min(100, Math.max(0, ((fen - least) / (most - least)) * 100)) : 50)
