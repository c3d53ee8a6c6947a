import { expect, it } from 'vitest'
import { linkTo } from './links'

it.each([
  ['help.anju.example/e1', 'https://help.anju.example/e1'],
  [' http://anju.example:8080/a?b=c ', 'http://anju.example:8080/a?b=c'],
  ['anju.example:8080', 'https://anju.example:8080'],
  ['安居.公司/帮助', 'https://安居.公司/帮助'],
  ['li@anju.example', 'mailto:li@anju.example'],
  ['mailto:li@anju.example?subject=a', 'mailto:li@anju.example?subject=a'],
  ['400-800-1234', 'tel:4008001234'],
  ['tel:+86 138 0013 8000', 'tel:+8613800138000'],
])('understands %s', (text, link) => expect(linkTo(text)).toBe(link))

it.each(['', 'javascript:alert(1)', 'JavaScript://anju.example/%0aalert(1)', 'data:text/html,x', 'file:///etc/passwd', '说明书', 'two words.example', 'https://bank@evil.example', 'http://'])('refuses %s', (text) => expect(linkTo(text)).toBeNull())
