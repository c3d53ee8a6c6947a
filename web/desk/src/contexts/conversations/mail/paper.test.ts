import { describe, expect, it } from 'vitest'
import { asked, paper } from './paper'

const given = (fresh = '', pictures = new Map<number, string>()) => ({ pictures, fresh, more: '显示引用的历史', title: '邮件正文', language: 'zh-CN', origin: 'https://desk.example' })
const body = (page: string) => new DOMParser().parseFromString(page, 'text/html').body
const bare = (text: string | null) => (text ?? '').replace(/[\s…]/g, '')

describe('the page of a mail', () => {
  it('may load nothing, not even from us', () => {
    const page = paper('<p>x</p>', given())
    expect(page).toContain("default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<body>'))
  })

  it('shows the pictures that were fetched, by their numbers, and no other address', () => {
    const html = '<img data-inside="1" alt="图"><img data-remote="2"><img data-remote="3"><img data-remote="4" width="1">'
    expect(asked(html)).toEqual([{ number: 1, remote: false }, { number: 2, remote: true }, { number: 3, remote: true }, { number: 4, remote: true }])
    const images = [...body(paper(html, given('', new Map([[1, 'data:image/png;base64,AA'], [2, 'https://evil.example/']])))).querySelectorAll('img')]
    expect(images.map((one) => one.getAttribute('src'))).toEqual(['data:image/png;base64,AA', null, null, null])
    expect(images.map((one) => one.className)).toEqual(['', 'off', 'off', ''])
  })

  it('leads its links over our page', () => {
    const links = body(paper('<a href="/leaving?to=x">a</a><a href="mailto:a@b.cn">b</a>', given())).querySelectorAll('a')
    expect([...links].map((one) => one.getAttribute('href'))).toEqual(['https://desk.example/leaving?to=x', 'mailto:a@b.cn'])
  })

  it.each([
    ['<div>你好，<b>谢谢</b></div><div>原始邮件</div><blockquote>旧的</blockquote>', '你好，谢谢', '原始邮件旧的'],
    ['<div><p>你好</p><p>On … wrote:</p></div><blockquote>old</blockquote>', '你好', 'On…wrote:old'],
    ['你好<br>发件人: x', '你好', '发件人:x'],
    ['<table><tbody><tr><td>你 好</td></tr><tr><td>旧</td></tr></tbody></table>旧2', '你好', '旧旧2'],
    ['<p>你好 旧</p>', '你好', '旧'],
  ])('folds what follows the new words, and keeps all of it: %s', (html, fresh, history) => {
    const made = body(paper(html, given(fresh)))
    const fold = made.querySelector('details')
    expect(fold?.querySelector('summary')?.getAttribute('aria-label')).toBe('显示引用的历史')
    expect(bare(fold?.textContent ?? '')).toBe(history.replace(/…/g, ''))
    expect(bare(made.textContent)).toBe(bare(new DOMParser().parseFromString(html, 'text/html').body.textContent))
  })

  it.each([
    ['<blockquote>旧的</blockquote><p>答</p>', '答'],
    ['<p>你好</p>', '你好'],
    ['<p>别的</p><p>旧</p>', '你好'],
    ['<p>你好</p>', ''],
  ])('folds nothing where the new words are no beginning: %s', (html, fresh) => {
    expect(body(paper(html, given(fresh))).querySelector('details')).toBeNull()
  })
})
