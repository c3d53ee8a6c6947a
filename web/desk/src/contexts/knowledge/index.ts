export type { ArticleRow, Category } from './types'
export { useCategories } from './useCategories'
