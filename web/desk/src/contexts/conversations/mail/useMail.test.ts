import { expect, it } from 'vitest'
import { hasMore } from './useMail'

it.each([
  ['新的话', '新的话\n\n> 历史', '新的话', true],
  ['很长', '很长的话', '很长的话', true],
  ['新的话', ' 新的\n话 ', '新的话', false],
  ['', '附件里', '', true],
])('knows that a message of %j leaves something of %j', (message, text, reply_text, more) => expect(hasMore({ text, reply_text }, message)).toBe(more))
