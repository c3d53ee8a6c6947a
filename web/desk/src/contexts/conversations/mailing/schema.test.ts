import { getSchema } from '@tiptap/core'
import { DOMParser as Reader, DOMSerializer } from '@tiptap/pm/model'
import { expect, it } from 'vitest'
import { change, extensions, plain, wordsAt } from './schema'

const schema = getSchema(extensions())
function doc(html: string) {
  const box = document.createElement('div')
  box.innerHTML = html
  return Reader.fromSchema(schema).parse(box)
}
function html(given: string) {
  const box = document.createElement('div')
  box.append(DOMSerializer.fromSchema(schema).serializeFragment(doc(given).content))
  return box.innerHTML
}

it('says lists, quotes, tables and breaks in plain words', () => {
  expect(plain(doc('<p>您好<br>张先生</p><ul><li><p>甲</p><ol><li><p>乙</p></li></ol></li></ul><blockquote><p>原话</p></blockquote><table><tr><th>单号</th><th>金额</th></tr><tr><td>1</td><td>¥2</td></tr></table>')))
    .toBe('您好\n张先生\n- 甲\n  1. 乙\n> 原话\n单号\t金额\n1\t¥2')
})

it('says where a link goes unless its words do', () => {
  expect(plain(doc('<p>见<a href="https://x.cn/help">帮<strong>助</strong></a>，<a href="https://x.cn/">x.cn</a></p>'))).toBe('见帮助 (https://x.cn/help)，x.cn')
})

it('does not count the signature as words of the answer', () => {
  const given = doc('<p>您好</p><div data-signature=""><p>星澜客服</p></div>')
  expect([plain(given), plain(given, true)]).toEqual(['您好', '您好\n\n星澜客服'])
})

it('keeps the file of a picture, and lets nothing in that acts', () => {
  const kept = html('<p>图<img src="/api/files/7" data-file="7" onerror="x()"><a href="javascript:alert(1)">点</a><iframe src="https://x.cn"></iframe></p>')
  expect(kept).toContain('data-file="7"')
  expect(kept).not.toMatch(/onerror|javascript|iframe/)
})

it('finds a word in the document by its place in the text', () => {
  const given = doc('<p>您好 <strong>王</strong>先生</p><ul><li><p>稍等</p></li></ul><div data-signature=""><p>客服</p></div>')
  const { text, at } = wordsAt(given)
  expect(text).toBe('您好 王先生稍等')
  const from = text.indexOf('稍等')
  expect(given.textBetween(at(from), at(from + 2))).toBe('稍等')
})

it.each([
  ['您好，王先身，王先身', '您好，王先身，王先生'], ['退款退款', '退款已退款'], ['好', '您好'], ['不可能到账', '到账'],
])('changes %s into %s with one change', (was, wanted) => {
  const given = doc(`<p>${was}</p>`)
  const found = change(given, wanted)
  expect(found && was.slice(0, found.from - 1) + found.text + was.slice(found.to - 1)).toBe(wanted)
})

it('does not guess where the change goes over a line', () => expect(change(doc('<p>甲</p><p>乙</p>'), '丙')).toBeNull())
