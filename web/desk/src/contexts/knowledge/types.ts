import type { Shapes } from '@/api/types'

export type Article = Shapes['Article']
export type ArticleRow = Shapes['ArticleRow']
export type ArticleState = Article['state']
export const states: ArticleState[] = ['draft', 'published', 'retired']
export type Audience = Article['audience']
export type Version = Shapes['Version']
export type Category = Shapes['CategoryRecord']
/** What an editor changes. */
export type Draft = Pick<Article, 'title' | 'slug' | 'category_id' | 'brand_id' | 'audience' | 'language' | 'body' | 'questions' | 'picture_ids' | 'video_id'> & { version: number }
