// The panel and the launcher in a real Chromium, against the stand-in server of dev/.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import test, { after, before } from 'node:test'
import { chromium } from 'playwright-core'
import { serve } from '../dev/server.mjs'

const executablePath = [
  process.env.PEAKEND_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path && existsSync(path))
const options = { skip: executablePath ? false : 'there is no Chromium', timeout: 45_000 }
const port = 18000 + (process.pid % 2000)
const base = `http://127.0.0.1:${port}`
const axe = (() => {
  try {
    return readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  } catch {
    return null
  }
})()
let mock, browser

before(async () => {
  if (!executablePath) return
  mock = serve(port)
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
  browser = await chromium.launch({ executablePath, args: [...args, ...quiet] })
})
after(async () => {
  await browser?.close()
  mock?.server.closeAllConnections()
  mock?.server.close()
})

async function open(path = '/w/demo?lang=zh-CN', given = {}) {
  Object.assign(mock.world, { down: false, closed: false, lose: false })
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...given })
  const page = await context.newPage()
  page.faults = []
  page.on('pageerror', (error) => page.faults.push(String(error)))
  await page.goto(base + path)
  return page
}
const write = async (page, text) => {
  await page.fill('textarea', text)
  await page.press('textarea', 'Enter')
}
const until = async (ask, ms = 8000) => {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    if (await ask()) return
    await new Promise((done) => setTimeout(done, 50))
  }
  assert.fail('it did not come to be: ' + ask)
}
const own = () =>
  mock.visitor().conversation?.messages.filter((m) => m.kind === 'customer').map((m) => m.text) ?? []

test('nothing but the launcher is loaded before the click', options, async () => {
  const seen = []
  const page = await open('/host')
  page.on('request', (request) => seen.push(request.url()))
  await page.reload()
  await page.waitForTimeout(500)
  const ours = seen.filter((url) => /widget|\/w\//.test(url))
  assert.deepEqual(ours, [base + '/widget.js'])
  assert.equal(await page.evaluate(() => document.querySelector('peakend-launcher').shadowRoot), null)
  await page.context().close()
})

test('keyboard: the launcher opens, the field has focus, Escape closes', options, async () => {
  const page = await open('/host', { viewport: { width: 1440, height: 900 } })
  await page.waitForFunction(() => window.peakend)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await until(async () => page.frames().length === 2)
  const frame = page.frames()[1]
  await frame.waitForSelector('textarea')
  await until(() => frame.evaluate(() => document.activeElement.tagName === 'TEXTAREA'))
  const heard = page.evaluate(() => new Promise((done) => window.peakend.on('close', () => done(true))))
  await page.keyboard.press('Escape')
  assert.equal(await heard, true)
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'PEAKEND-LAUNCHER')
  await page.context().close()
})

test('words from other windows are not heard', options, async () => {
  const page = await open('/host')
  await page.waitForFunction(() => window.peakend)
  await page.evaluate(() => window.peakend.open())
  await until(async () => page.frames().length === 2)
  await page.frames()[1].waitForSelector('textarea')
  await page.evaluate(() => {
    window.closed_ = 0
    window.peakend.on('close', () => window.closed_++)
    postMessage({ peakend: 1, t: 'close' }, '*')
    const stranger = document.body.appendChild(document.createElement('iframe'))
    stranger.srcdoc = '<script>parent.postMessage({peakend:1,t:"close"},"*")</script>'
  })
  await page.waitForTimeout(500)
  assert.equal(await page.evaluate(() => window.closed_), 0)
  await page.context().close()
})

test('pages of a single-page shop and the pages before the click reach the server', options, async () => {
  const page = await open('/host')
  await page.waitForFunction(() => window.peakend)
  await page.waitForTimeout(400)
  await page.goto(base + '/host?second')
  await page.waitForFunction(() => window.peakend)
  await page.waitForTimeout(400)
  await page.evaluate(() => window.peakend.open())
  await until(() => mock.visitor()?.pages.length === 2)
  await page.evaluate(() => {
    history.pushState(null, '', '/host?third')
    document.title = '第三页'
  })
  await until(() => mock.visitor().pages.length === 3)
  const { url, title } = mock.visitor().pages[2]
  assert.deepEqual({ url, title }, { url: base + '/host?third', title: '第三页' })
  await page.context().close()
})

test('typed offline, reloaded, opened in a second tab: sent once and in order', options, async () => {
  const page = await open()
  await write(page, '第一句')
  await until(() => own().length === 1)
  mock.world.down = true
  mock.control.drop()
  for (const text of ['第二句', '第三句', '第四句']) await write(page, text)
  await until(async () => (await page.locator('.waits').count()) === 3)
  mock.world.down = false
  const posts = mock.world.posts.length
  const second = await page.context().newPage()
  await Promise.all([page.reload(), second.goto(base + '/w/demo?lang=zh-CN')])
  await until(() => own().length === 4)
  await page.waitForTimeout(1500)
  assert.deepEqual(own(), ['第一句', '第二句', '第三句', '第四句'])
  const ids = mock.world.posts.slice(posts).map((p) => p.client_id)
  assert.equal(new Set(ids).size, 3)
  for (const tab of [page, second]) {
    await until(async () => (await tab.locator('.waits').count()) === 0)
    assert.equal(await tab.locator('.msg.customer').count(), 4)
  }
  await page.context().close()
})

test('an answer that got lost on the way does not double the message', options, async () => {
  const page = await open()
  await page.waitForSelector('textarea')
  mock.world.lose = true
  await write(page, '只此一次')
  await until(() => mock.world.posts.filter((p) => p.text === '只此一次').length >= 2)
  mock.world.lose = false
  await until(async () => (await page.locator('.waits').count()) === 0)
  assert.deepEqual(own(), ['只此一次'])
  assert.equal(await page.locator('.msg.customer').count(), 1)
  await page.context().close()
})

test('Enter that ends a composition sends nothing', options, async () => {
  const page = await open()
  await page.focus('textarea')
  const input = await page.context().newCDPSession(page)
  await input.send('Input.imeSetComposition', { text: 'ni hao', selectionStart: 6, selectionEnd: 6 })
  const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 }
  await input.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key })
  await input.send('Input.insertText', { text: '你好' })
  await input.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key })
  await page.waitForTimeout(300)
  assert.equal(await page.inputValue('textarea'), '你好')
  assert.equal(await page.locator('.msg.customer').count(), 0)
  await page.press('textarea', 'Enter')
  await until(() => own().length === 1)
  assert.deepEqual(own(), ['你好'])
  await page.context().close()
})

test('hostile words stay words', options, async () => {
  const page = await open()
  await page.evaluate(() => (window.alert = () => (window.ran = true)))
  const bad = [
    '<img src=x onerror=alert(1)>',
    '<svg/onload=alert(1)>',
    '[x](javascript:alert(1))',
    '**<script>alert(1)</script>**',
    '"><iframe srcdoc="<script>parent.alert(1)</script>">',
  ].join('\n')
  await write(page, bad)
  await until(() => own().length === 1)
  const visitor = mock.visitor()
  mock.control.take(visitor, bad)
  mock.control.say(visitor, new URLSearchParams({ text: bad }))
  await page.waitForTimeout(900)
  assert.equal(await page.evaluate(() => window.ran), undefined)
  const found = '.log img, .log script, .log iframe, .log svg:not(.icon), .log a[href^="javascript"]'
  assert.equal(await page.locator(found).count(), 0)
  await page.context().close()
})

test('a picture becomes smaller, is sent and seen; what cannot be sent is said', options, async () => {
  const page = await open()
  await page.waitForSelector('input[multiple]', { state: 'attached' })
  const picture = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 4000, height: 1000 })
    canvas.getContext('2d').fillRect(0, 0, 4000, 1000)
    return canvas.toDataURL('image/jpeg').split(',')[1]
  })
  await page.setInputFiles('input[multiple]', [
    { name: '灶台.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(picture, 'base64') },
    { name: 'virus.exe', mimeType: 'application/x-msdownload', buffer: Buffer.from('MZ') },
  ])
  await page.waitForSelector('.tray li')
  assert.match(await page.textContent('.dock .note'), /virus\.exe/)
  assert.match(await page.textContent('.limits'), /20 ?MB/)
  assert.equal(await page.evaluate(() => document.querySelector('.tray img').naturalWidth), 2560)
  await page.press('textarea', 'Enter')
  await page.waitForSelector('.picture img')
  assert.equal(mock.visitor().conversation.messages[0].files.length, 1)
  await page.context().close()
})

test('waiting, a person, the end and the rating, with the link to go on elsewhere', options, async () => {
  const page = await open()
  await page.waitForSelector('textarea')
  await page.getByRole('button', { name: '转人工' }).click()
  await page.getByText('前面还有2位').waitFor()
  await page.getByText('预计等待约2–5分钟').waitFor()
  assert.equal(await page.getByRole('button', { name: '转人工' }).count(), 0)
  mock.control.take(mock.visitor())
  await page.getByRole('heading', { name: '客服李敏' }).waitFor()
  await page.getByRole('button', { name: '更多' }).click()
  await page.getByRole('button', { name: '在其他设备上继续' }).click()
  await page.waitForSelector('.menu input')
  const link = await page.inputValue('.menu input')
  const other = await (await browser.newContext()).newPage()
  await other.goto(link)
  await other.getByText('您刚才的问题').waitFor()
  assert.equal(other.url().includes('resume'), false)
  await other.context().close()
  await page.getByRole('button', { name: '结束会话' }).click()
  await page.getByRole('button', { name: '结束会话' }).click()
  await page.getByRole('button', { name: '没有解决' }).click()
  await page.locator('.scores .act').nth(1).click()
  await page.fill('.ending textarea', '等太久')
  await page.getByRole('button', { name: '提交评价' }).click()
  await page.getByText('谢谢您的评价').waitFor()
  const { solved, rating, comment } = mock.visitor().rating
  assert.deepEqual({ solved, rating, comment }, { solved: false, rating: 2, comment: '等太久' })
  await page.context().close()
})

test('长辈模式 is one tap away, remembered, large, and asks one thing at a time', options, async () => {
  const page = await open()
  await page.getByRole('button', { name: '长辈模式' }).click()
  await page.reload()
  await page.waitForSelector('[data-large]', { state: 'attached' })
  await write(page, '煤气灶打不着火')
  await page.getByRole('button', { name: '已解决' }).waitFor()
  assert.equal(await page.locator('textarea').count(), 0)
  await page.getByRole('link', { name: '拨打400-000-0000' }).waitFor()
  const small = await page.evaluate(() => {
    const shown = (e) => e.offsetParent && !e.closest('.unseen')
    const targets = [...document.querySelectorAll('button, .act')].filter(shown)
    const texts = [...document.querySelectorAll('p, small, span, li, button, a, h1')].filter(shown)
    const words = texts.filter((e) => e.textContent.trim() && !e.classList.contains('face'))
    return [
      ...targets.filter((e) => e.getBoundingClientRect().height < 60),
      ...words.filter((e) => parseFloat(getComputedStyle(e).fontSize) < 18),
    ].map((e) => e.outerHTML.slice(0, 80))
  })
  assert.deepEqual(small, [])
  await page.context().close()
})

// Contrast hangs on theme and size, names on the language: four looks see all that eight would.
for (const lang of ['zh-CN', 'en'])
  for (const colorScheme of ['light', 'dark'])
    for (const large of [(lang === 'en') !== (colorScheme === 'dark') ? 1 : 0])
      test(`axe: ${lang}, ${colorScheme}${large ? ', large' : ''}`, { skip: options.skip || !axe }, async () => {
        const page = await open(`/w/demo?lang=${lang}&large=${large}`, { colorScheme })
        await page.waitForSelector('.dock button')
        const check = async (where) => {
          await page.waitForTimeout(300)
          const rules = large ? ['color-contrast-enhanced'] : []
          const faults = await page.evaluate(
            async ([source, on]) => {
              if (!window.axe) (0, eval)(source)
              const rules = Object.fromEntries(on.map((rule) => [rule, { enabled: true }]))
              const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
              const found = await window.axe.run(document, { runOnly: tags, rules })
              return found.violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 120)}`)
            },
            [axe, rules],
          )
          assert.deepEqual(faults, [], where)
          const low = await page.evaluate(() =>
            [...document.querySelectorAll('button, .act')]
              .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 44)
              .map((e) => e.outerHTML.slice(0, 80)),
          )
          assert.deepEqual(low, [], where)
        }
        await check('start')
        await write(page, 'hob 打不着')
        await page.getByRole('link', { name: '燃气灶打不着火怎么办' }).waitFor()
        await check('answer')
        mock.control.wait(mock.visitor())
        await check('waiting')
        mock.control.take(mock.visitor())
        await check('serving')
        mock.control.finish(mock.visitor())
        await page.waitForSelector('.ending')
        await check('ended')
        await page.getByRole('button', { name: lang === 'en' ? 'More' : '更多' }).click()
        await check('menu')
        assert.deepEqual(page.faults, [])
        await page.context().close()
      })
