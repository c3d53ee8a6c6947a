import assert from 'node:assert/strict'
import test from 'node:test'
import { brandTokens, contrast, parse } from '../src/panel/rest/colour'
import { EnterGuard } from '../src/panel/ime'
import { fit, objection } from '../src/panel/rest/pictures'
import { blocks } from '../src/panel/rest/blocks'
import { ofChannel } from '../src/panel/rest/links'
import { inline, safeHref } from '../src/panel/rich'
import moreEn from '../src/panel/rest/words.en.json'
import moreZh from '../src/panel/rest/words.zh-CN.json'
import firstEn from '../src/panel/words.en.json'
import firstZh from '../src/panel/words.zh-CN.json'

const zh = { ...firstZh, ...moreZh }
const en = { ...firstEn, ...moreEn }

const enter = { key: 'Enter', shiftKey: false, isComposing: false, keyCode: 13 }

test('Enter sends only when no composition is under way or has just ended', async () => {
  const guard = new EnterGuard()
  assert.equal(guard.sends(enter), true)
  assert.equal(guard.sends({ ...enter, shiftKey: true }), false)
  assert.equal(guard.sends({ ...enter, isComposing: true }), false)
  assert.equal(guard.sends({ ...enter, keyCode: 229 }), false)
  guard.start()
  assert.equal(guard.sends(enter), false)
  guard.end()
  assert.equal(guard.sends(enter), false)
  await new Promise((done) => setTimeout(done, 2))
  assert.equal(guard.sends(enter), true)
})

test('addresses that run or hide something are no links', () => {
  for (const bad of [
    'javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'vbscript:x', '//evil.example',
    'https://good.example@evil.example', 'java\tscript:x', ' javascript:x', '/\\evil.example',
    'https://evil\u202egood', 'file:///etc/passwd', 'blob:x', '',
  ])
    assert.equal(safeHref(bad), null, bad)
  for (const good of ['https://a.example/x?y#z', '/help/hob', 'mailto:a@b.example', 'tel:400-000-0000'])
    assert.equal(safeHref(good), good)
})

test('links to the help centre lead to the one of the channel', () => {
  const place = globalThis.location
  globalThis.location = { pathname: '/w/k-1_Z' } as Location
  try {
    assert.equal(ofChannel('/help/a/hob?x=1'), '/help/o/k-1_Z/a/hob?x=1')
    assert.equal(ofChannel('/help'), '/help/o/k-1_Z')
    assert.equal(ofChannel('/helpful'), '/helpful')
    assert.equal(ofChannel('https://a.example/help'), 'https://a.example/help')
  } finally {
    globalThis.location = place
  }
})

test('markup stays text', () => {
  const found = blocks('<img src=x onerror=alert(1)>\n[x](javascript:alert(1))')
  assert.deepEqual(found, [
    {
      kind: 'p',
      lines: [
        [{ kind: 'text', text: '<img src=x onerror=alert(1)>' }],
        [{ kind: 'text', text: '[x](javascript:alert(1))' }],
      ],
    },
  ])
})

test('the subset of Markdown', () => {
  const found = blocks('## 步骤\n多数情况\n\n1. **看阀门。** 平行是开\n2. 换`电池`\n\n3. 再试\n- 一\n- [帮助](/help/a)')
  assert.deepEqual(found.map((b) => b.kind), ['h', 'p', 'ol', 'ul'])
  const list = found[2] as { items: unknown[][] }
  assert.equal(list.items.length, 3)
  assert.deepEqual(list.items[0]![0], { kind: 'strong', text: '看阀门。' })
})

test('in what people write only addresses are links, without the punctuation after them', () => {
  assert.deepEqual(inline('见https://a.example/x。**不**', false), [
    { kind: 'text', text: '见' },
    { kind: 'link', text: 'https://a.example/x', href: 'https://a.example/x' },
    { kind: 'text', text: '。**不**' },
  ])
})

test('a hostile text of 20,000 characters is parsed at once', () => {
  for (const part of ['**', '[', '`', '[a](', 'https://', '1. ', '[]()']) {
    const started = performance.now()
    blocks(part.repeat(20000 / part.length))
    assert.ok(performance.now() - started < 500, part)
  }
})

test('every brand colour stays readable, in both modes and in large type', () => {
  for (const colour of ['#0b6b75', '#ffe000', '#000000', '#ffffff', '#ff0000', '#7fd1ff', 'nonsense'])
    for (const dark of [false, true])
      for (const least of [4.5, 7]) {
        const tokens = brandTokens(colour, dark, least)
        const brand = parse(tokens['--brand'])!
        for (const ground of [dark ? '#151c22' : '#ffffff', tokens['--brand-weak']])
          assert.ok(contrast(brand, parse(ground)!) >= least - 0.01, `${colour} on ${ground}`)
        assert.ok(contrast(brand, parse(tokens['--on-brand'])!) >= 4.5, `${colour} ${dark} text on it`)
        const text = parse(dark ? '#e6ecf1' : '#16202a')!
        assert.ok(contrast(text, parse(tokens['--brand-weak'])!) >= 7, `${colour} ${dark} weak`)
      }
})

test('pictures fit into 2560 px and keep their shape', () => {
  assert.deepEqual(fit(4000, 3000), [2560, 1920])
  assert.deepEqual(fit(300, 200), [300, 200])
  assert.deepEqual(fit(1, 9000), [1, 2560])
})

test('what cannot be sent is named', () => {
  assert.equal(objection({ type: 'application/x-msdownload', size: 1 }, 100), 'kind')
  assert.equal(objection({ type: 'text/html', size: 1 }, 100), 'kind')
  assert.equal(objection({ type: 'image/svg+xml', size: 1 }, 100), 'kind')
  assert.equal(objection({ type: 'application/pdf', size: 101 }, 100), 'size')
  assert.equal(objection({ type: 'image/jpeg', size: 101 }, 100), null) // it will be smaller
})

test('both languages say the same things with the same parameters', () => {
  const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()
  assert.deepEqual(Object.keys(zh), Object.keys(en))
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    if (key === 'waiting.one' || key === 'day') continue
    assert.deepEqual(holes(zh[key]), holes(en[key]), key)
    assert.doesNotMatch(zh[key], /[\u4e00-\u9fff][,:?!()]|[！哦亲]/, key)
  }
})
