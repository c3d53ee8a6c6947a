import { describe, expect, it } from 'vitest'
import { boxStanding, braces, portAfter, spoken, standing, usualBoxPorts, type Mailbox, type Server } from './mail'
import { changedIn, linesOf, type Own } from './own/own'
import { giverOf, providerOf, providers } from './providers'
import en from './words.en.json'
import zh from './words.zh-CN.json'

const one = (more: Partial<Server>) => ({ active: true, failures: 0, auth: 'password', ...more }) as Server

describe('mail servers', () => {
  it('tells what a brand sends by', () => {
    expect(standing(null)).toBe('none')
    expect(standing(one({}))).toBe('fresh')
    expect(standing(one({ last_good_at: '2027-01-08T09:30:00Z' }))).toBe('active')
    expect(standing(one({ failures: 1 }))).toBe('failing')
    expect(standing(one({ failures: 1, active: false }))).toBe('paused')
    expect(standing(one({ auth: 'google', access: null }))).toBe('no_access')
    expect(standing(one({ auth: 'google', access: { message: 'ended' } as Server['access'] }))).toBe('failing')
  })
  it('moves a usual port with the encryption, and leaves one that somebody chose', () => {
    expect(portAfter(465, 'implicit', 'starttls')).toBe(587)
    expect(portAfter(2525, 'starttls', 'implicit')).toBe(2525)
    expect(portAfter(null, 'starttls', 'implicit')).toBe(465)
  })
  it('writes a variable as templates read it', () => {
    expect(braces('brand.name')).toBe('{{ brand.name }}')
  })
  it('lets one read a template in a list', () => {
    const name = (one: string) => ({ 'inviter.name': '邀请人', 'brand.name': '品牌名称' })[one] ?? one
    expect(spoken('{{ inviter.name | default: brand.name }}邀请您加入{{brand.name}}', name)).toBe('[邀请人]邀请您加入[品牌名称]')
    expect(spoken('{% if customer.name %}{{ customer.name }}：{% endif %}您好\n  再见', name)).toBe('[customer.name]：您好 · 再见')
  })
})

describe('mailboxes', () => {
  const box = (more: Partial<Mailbox>) => ({ active: true, auth: 'password', has_password: true, failures: 0, ...more }) as Mailbox
  it('tells how one does', () => {
    expect(boxStanding(box({}))).toBe('fresh')
    expect(boxStanding(box({ last_good_at: '2027-01-08T09:30:00Z' }))).toBe('active')
    expect(boxStanding(box({ failures: 2 }))).toBe('failing')
    expect(boxStanding(box({ has_password: false, failures: 2 }))).toBe('no_password')
    expect(boxStanding(box({ way: 'smtp', has_password: false }))).toBe('fresh')
    expect(boxStanding(box({ auth: 'microsoft', has_password: false, access: null }))).toBe('no_access')
    expect(boxStanding(box({ auth: 'microsoft', has_password: false, access: { message: '' } as Mailbox['access'] }))).toBe('fresh')
    expect(boxStanding(box({ auth: 'microsoft', access: { message: 'ended' } as Mailbox['access'] }))).toBe('failing')
    expect(boxStanding(box({ way: 'smtp', message: 'off' }))).toBe('closed')
    expect(boxStanding(box({ active: false, has_password: false }))).toBe('paused')
  })
  it('moves its own usual ports', () => {
    expect(portAfter(993, 'implicit', 'starttls', usualBoxPorts)).toBe(143)
    expect(portAfter(1143, 'none', 'implicit', usualBoxPorts)).toBe(1143)
  })
  it('knows a provider by its server, and has words for each', () => {
    expect(providerOf('imap', ' IMAP.qq.com ')).toBe('qq')
    expect(providerOf('smtp', 'smtp-mail.outlook.com')).toBe('outlook')
    expect(providerOf('imap', 'mail.example.com')).toBeNull()
    expect([giverOf('imap.qq.com'), giverOf('IMAP.gmail.com'), giverOf('smtp.partner.outlook.cn')]).toEqual([null, 'google', 'microsoft_cn'])
    for (const { id, imap, smtp } of providers) {
      for (const words of [zh, en] as Record<string, string>[]) expect(words[`mail.provider_name.${id}`] && words[`mail.provider_hint.${id}`]).toBeTruthy()
      expect([imap.port, smtp.port]).toEqual([993, smtp.tls === 'implicit' ? 465 : 587])
    }
  })
})

describe('signatures', () => {
  it('writes only the languages that were changed', () => {
    const found: Own[] = [{ language: 'zh-CN', body: '分机 12' }, { language: 'en', body: '' }]
    const draft = linesOf(found)
    expect(changedIn(draft, found)).toEqual([])
    expect(changedIn({ ...draft, en: 'Ext. 12' }, found)).toEqual(['en'])
    expect(changedIn({ 'zh-CN': '', en: '' }, found)).toEqual(['zh-CN'])
  })
})
