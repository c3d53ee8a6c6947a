/** Views come, with their words, when somebody asks for one. */
import { needWords } from '@/app/i18n'

export const loadViews = async () => {
  await needWords('conversations/views')
  return import('./views')
}
