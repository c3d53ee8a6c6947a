import type { StoredFile } from '@/api/types'

export type ArticleState = 'draft' | 'published' | 'retired'
export const states: ArticleState[] = ['draft', 'published', 'retired']
export type Audience = 'customer' | 'agent'
export interface ArticleRow {
  id: string
  slug: string
  title: string
  category_id: string | null
  brand_id: string | null
  audience: Audience
  state: ArticleState
  language: string
  position: number
  questions: number
  version: number
  published_version: number | null
  changed: boolean
  helpful: number
  unhelpful: number
  updated_at: string
  published_at: string | null
}
export interface Version { version: number; title: string; body: string; audience: Audience; published_at: string; published_by: string | null; published_by_name: string }
export interface Article extends Omit<ArticleRow, 'questions'> {
  body: string
  body_html: string
  questions: string[]
  picture_ids: string[]
  video_id: string | null
  files: StoredFile[]
  created_at: string
  versions: Version[]
}
export interface Category { id: string; slug: string; name_zh: string; name_en: string; position: number; brand_id: string | null }
/** What an editor changes. */
export type Draft = Pick<Article, 'title' | 'slug' | 'category_id' | 'brand_id' | 'audience' | 'language' | 'body' | 'questions' | 'picture_ids' | 'video_id'> & { version: number }
