import { expect, it } from 'vitest'
import { cleaned } from './paste'

const page = (html: string) => new DOMParser().parseFromString(cleaned(html).html, 'text/html').body
const flat = (html: string) => cleaned(html).html.replace(/\s+/g, ' ').trim()

it('makes the lists that Word writes as paragraphs into lists, one inside the other', () => {
  const item = (level: number, sign: string, text: string) => `<p class=MsoListParagraph style='margin-left:36pt;mso-list:l0 level${level} lfo1'><![if !supportLists]><span style='font-family:Symbol;mso-list:Ignore'>${sign}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]><span lang=EN-US>${text}<o:p></o:p></span></p>`
  const found = page(`<p class=MsoNormal>前</p>${item(1, '·', '甲')}${item(2, '1.', '乙')}${item(1, '·', '丙')}<p class=MsoNormal>后</p>`)
  expect([...found.children].map((one) => one.tagName)).toEqual(['P', 'UL', 'P'])
  expect([...found.querySelectorAll('ul > li')].map((one) => one.querySelector('p')?.textContent?.trim())).toEqual(['甲', '丙'])
  expect(found.querySelector('ul > li > ol > li')?.textContent?.trim()).toBe('乙')
  expect(found.textContent).not.toContain('·')
})

it('drops styles, comments, classes and what can act', () => {
  const found = flat('<!--StartFragment--><style>p{color:red}</style><script>alert(1)</script><p class=MsoNormal style="color:red" onclick="x()">您好<o:p></o:p></p><!--[if gte mso 9]><xml>1</xml><![endif]--><a href="javascript:alert(1)">点</a><a href="https://x.cn/" target=_blank>链接</a>')
  expect(found).toBe('<p>您好</p>点<a href="https://x.cn/">链接</a>')
})

it('keeps emphasis that only a style says, and takes the bold away that is none', () => {
  expect(flat('<p><span style="font-weight:700">重要</span></p><b style="font-weight:normal"><p>普通</p></b>')).toBe('<p><span><strong>重要</strong></span></p><p>普通</p>')
})

it('takes the pictures that came along and counts those that did not', () => {
  const found = cleaned('<p>图<img src="data:image/png;base64,iVBORw0KGgo="><img src="https://x.cn/a.png"><img src="file:///C:/a.png"><img src="https://x.cn/t.gif" width="1" height="1"><img src="/api/files/1" data-file="1"></p>')
  expect([found.pictures.map((one) => `${one.name} ${one.type}`), found.left]).toEqual([['image-1.png image/png'], 2])
  expect(found.html).toContain('data-file="1"')
  expect(found.html).not.toContain('x.cn')
})

it('turns headings into bold lines and many empty lines into one', () => {
  expect(flat('<h2>标题</h2><p>&nbsp;</p><p><o:p>&nbsp;</o:p></p><p>甲</p>')).toBe('<p><strong>标题</strong></p><p>&nbsp;</p><p>甲</p>')
})

it('keeps a table with its spans and nothing else of it', () => {
  expect(flat('<table border=1 style="width:100%"><tr><td colspan=2 style="background:red"><p>甲</p></td></tr></table>')).toBe('<table><tbody><tr><td colspan="2"><p>甲</p></td></tr></tbody></table>')
})
