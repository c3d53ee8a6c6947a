/** One article: its working copy, saving it, publishing and retiring it, and the files in it. */
import { computed, ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api } from '@/api/client'
import { useGet, useRefresh, useWrite } from '@/api/query'
import type { StoredFile } from '@/api/types'
import { sayFailure } from '@/app/failures'
import { useDraft } from '@/ui/draft'
import { toast } from '@/ui/toast'
import type { Article, Draft } from './types'

export function useArticle(id: Ref<string>) {
  const { t } = useI18n()
  const query = useGet<Article>(() => `/articles/${id.value}`)
  const refresh = useRefresh()
  const added = ref<StoredFile[]>([])
  const uploading = ref(false)
  const acting = useWrite()
  const draftOf = (found: Article): Draft => ({
    version: found.version, title: found.title, slug: found.slug, category_id: found.category_id, brand_id: found.brand_id, audience: found.audience,
    language: found.language, body: found.body, questions: found.questions, picture_ids: found.picture_ids, video_id: found.video_id,
  })
  const form = useDraft<Draft>(() => (query.found.value ? draftOf(query.found.value) : undefined), async (draft) => {
    // Pictures that the text no longer names go out of the list, except those shown beside it.
    const saved = await api.patch<Article>(`/articles/${id.value}`, draft)
    draft.version = saved.version
    draft.slug = saved.slug
    await refresh('/articles')
  })
  const files = computed(() => [...(query.found.value?.files ?? []), ...added.value])

  async function upload(list: File[]): Promise<string[]> {
    uploading.value = true
    const ids: string[] = []
    for (const file of list) {
      try {
        const stored = await api.upload<StoredFile>('/files', file)
        added.value.push(stored)
        ids.push(stored.id)
        if (stored.kind === 'image') form.draft.value?.picture_ids.push(stored.id)
      } catch (error) {
        sayFailure(t('knowledge.upload_failed', { name: file.name }), error)
      }
    }
    uploading.value = false
    return ids
  }

  async function act(what: 'publications' | 'retirements'): Promise<void> {
    if (form.dirty.value && !(await form.save())) return
    const done = await acting.run(() => api.post<Article>(`/articles/${id.value}/${what}`))
    if (!done) { if (acting.failure.value) sayFailure(t('knowledge.act_failed'), acting.failure.value); return }
    toast({ text: t(what === 'publications' ? 'knowledge.published_toast' : 'knowledge.retired_toast', { title: done.title }), tone: 'calm' })
    await refresh('/articles')
    if (query.found.value) form.take(draftOf(done))
  }

  async function loadLatest(): Promise<void> {
    await refresh('/articles')
    form.reset()
  }
  return { query, form, files, upload, uploading, acting, act, loadLatest }
}
