import { expect, it } from 'vitest'
import { isAddress, joined, newcomers, readAddresses } from './addresses'

const emails = (text: string) => readAddresses(text).map((one) => one.email)

it.each([
  ['wang@xinglan.cn', true], ['a.b+tag@mail.qq.com', true], ['客服@例子.公司', true], ['x@sub-domain.example.org', true],
  ['wang', false], ['wang@', false], ['@qq.com', false], ['wang@qq', false], ['a b@qq.com', false], ['a@qq..com', false],
  ['.a@qq.com', false], ['a..b@qq.com', false], ['a@-qq.com', false], ['a@127.0.0.1', false], ['a@b@', false], ['a,b@qq.com', false], [`${'a'.repeat(65)}@qq.com`, false],
])('says of %s whether mail can go there', (email, can) => expect(isAddress(email)).toBe(can))

it('takes many at once, with every mark that stands between them', () => {
  expect(emails('a@x.cn, b@x.cn;c@x.cn，d@x.cn；e@x.cn、f@x.cn\ng@x.cn\th@x.cn  i@x.cn j@x.cn')).toEqual([...'abcdefghij'].map((one) => `${one}@x.cn`))
})

it('reads names, also those with a comma in quotes and without brackets', () => {
  expect(readAddresses('"Li, Wei" <li.wei@x.cn>; 王海涛 <wang@x.cn>，“张三”<zhang@x.cn>, 赵敏 zhao@x.cn')).toEqual([
    { email: 'li.wei@x.cn', name: 'Li, Wei' }, { email: 'wang@x.cn', name: '王海涛' }, { email: 'zhang@x.cn', name: '张三' }, { email: 'zhao@x.cn', name: '赵敏' },
  ])
})

it('reads what an input method and a copied link bring', () => {
  expect(emails('wang＠x．cn')).toEqual(['wang@x.cn'])
  expect(emails('mailto:wang@x.cn?subject=hi')).toEqual(['wang@x.cn'])
  expect(emails('wang@x.cn\u200b')).toEqual(['wang@x.cn'])
})

it('keeps what is no address yet', () => expect(emails('wang, li@x.cn')).toEqual(['wang', 'li@x.cn']))

it('does not lose what follows a quote that nobody closed', () => expect(emails('"Li, Wei\nwang@x.cn').at(-1)).toBe('wang@x.cn'))

it('holds each address once, however it is written', () => {
  expect(joined([{ email: 'A@x.cn', name: 'A' }], [{ email: 'a@X.cn', name: '' }, { email: 'b@x.cn', name: '' }])).toHaveLength(2)
})

it('says who is new', () => {
  expect(newcomers(readAddresses('A@x.cn, b@x.cn, B@x.cn'), ['a@x.cn']).map((one) => one.email)).toEqual(['b@x.cn'])
})
