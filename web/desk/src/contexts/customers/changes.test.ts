import { expect, it } from 'vitest'
import type { CustomerCard } from '@/api/types'
import { changesOf, draftOf } from './changes'

const card = {
  name: '访客 EF12', preferences: { large_type: true, language: 'zh-CN', theirs: 3 },
  attributes: [
    { key: 'city', label: '城市', value: '武汉', privacy: 'internal', masked: false }, { key: 'own_1', label: '门禁', value: '1****4', privacy: 'personal', masked: true },
  ],
} as unknown as CustomerCard

it('sends nothing when nothing was changed, least of all the stand-in for a name', () => expect(changesOf(card, draftOf(card))).toEqual({}))
it('lays preferences over and takes them away', () => {
  const draft = draftOf(card)
  draft.wishes.large_type = false
  draft.wishes.call = true
  draft.language = null
  expect(changesOf(card, draft)).toEqual({ preferences: { large_type: null, call: true, language: null } })
})
it('changes, removes and adds attributes, and never those that are masked', () => {
  const draft = draftOf(card)
  expect(draft.attributes.map((one) => one.key)).toEqual(['city'])
  draft.attributes[0].value = ' '
  draft.attributes.push({ key: null, label: '宠物', value: '猫', hidden: false }, { key: null, label: '门牌', value: '301', hidden: true }, { key: null, label: '', value: 'x', hidden: false })
  expect(changesOf(card, draft)).toEqual({ attributes: [
    { key: 'city', value: null },
    { key: 'own_2', label: '宠物', value: '猫', privacy: 'internal' },
    { key: 'own_3', label: '门牌', value: '301', privacy: 'personal' },
  ] })
})
