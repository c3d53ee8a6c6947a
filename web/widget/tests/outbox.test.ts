import assert from 'node:assert/strict'
import test from 'node:test'
import { Outbox, type Alone, type Outcome, type Shelf } from '../src/panel/outbox'
import { memoryShelf } from '../src/panel/shelf'
import type { Parcel } from '../src/panel/types'

const parcel = (n: number): Parcel => ({ client_id: `c${n}`, at: n, text: `t${n}`, files: [] })

/** A lock that several tabs share. */
function lock(): Alone {
  let tail: Promise<void> = Promise.resolve()
  return (work) => (tail = tail.then(work, work))
}

/** A server that answers a repeated client_id with what it has. */
function server() {
  const got: string[] = []
  return {
    got,
    down: false,
    loseAnswers: 0,
    post: async function (p: Parcel): Promise<Outcome> {
      await new Promise((done) => setTimeout(done, 1))
      if (this.down) return 'later'
      if (!got.includes(p.client_id)) got.push(p.client_id)
      if (this.loseAnswers-- > 0) return 'later'
      return 'sent'
    },
  }
}

const tab = (shelf: Shelf, s: ReturnType<typeof server>, alone: Alone) =>
  new Outbox(shelf, (p) => s.post(p), alone, () => undefined)

test('what is typed offline goes out in order, once, when the server is back', async () => {
  const [shelf, s] = [memoryShelf(), server()]
  const box = tab(shelf, s, lock())
  s.down = true
  for (const n of [1, 2, 3]) await box.add(parcel(n))
  assert.equal(s.got.length, 0)
  assert.equal(box.parcels.length, 3)
  s.down = false
  await box.flush()
  assert.deepEqual(s.got, ['c1', 'c2', 'c3'])
  assert.deepEqual(await shelf.all(), [])
  await box.clear()
})

test('a reload takes up what waited', async () => {
  const [shelf, s] = [memoryShelf(), server()]
  s.down = true
  const before = tab(shelf, s, lock())
  await before.add(parcel(1))
  await before.add(parcel(2))
  s.down = false
  const after = tab(shelf, s, lock())
  await after.refresh()
  assert.equal(after.parcels.length, 2)
  await after.flush()
  assert.deepEqual(s.got, ['c1', 'c2'])
  await before.clear()
})

test('an answer that got lost is asked for again with the same id', async () => {
  const [shelf, s] = [memoryShelf(), server()]
  s.loseAnswers = 1
  const box = tab(shelf, s, lock())
  await box.add(parcel(1))
  assert.equal((await shelf.all()).length, 1)
  await box.flush()
  assert.deepEqual(s.got, ['c1'])
  assert.deepEqual(await shelf.all(), [])
})

test('five tabs with one shelf send each parcel once and in order', async () => {
  const [shelf, s, alone] = [memoryShelf(), server(), lock()]
  let posts = 0
  const tabs = Array.from({ length: 5 }, () =>
    new Outbox(shelf, (p) => (posts++, s.post(p)), alone, () => undefined),
  )
  s.down = true
  for (let n = 1; n <= 20; n++) await shelf.put(parcel(n))
  s.down = false
  await Promise.all(tabs.map((t) => t.flush()))
  assert.equal(posts, 20)
  assert.deepEqual(s.got, Array.from({ length: 20 }, (_, i) => `c${i + 1}`))
})

test('a refused parcel stays with its reason and does not hold up the next', async () => {
  const shelf = memoryShelf()
  const got: string[] = []
  const box = new Outbox(
    shelf,
    async (p) => (p.client_id === 'c1' ? { refused: 'too long' } : (got.push(p.client_id), 'sent')),
    lock(),
    () => undefined,
  )
  await box.add(parcel(1))
  await box.add(parcel(2))
  assert.deepEqual(got, ['c2'])
  assert.equal(box.parcels[0]!.failed, 'too long')
  await box.drop('c1')
  assert.deepEqual(box.parcels, [])
})

test('random failures lose nothing and double nothing', async () => {
  for (let round = 0; round < 30; round++) {
    const [shelf, alone] = [memoryShelf(), lock()]
    const got: string[] = []
    let seed = round + 1
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647
    const post = async (p: Parcel): Promise<Outcome> => {
      if (random() < 0.3) return 'later'
      if (!got.includes(p.client_id)) got.push(p.client_id)
      return random() < 0.3 ? 'later' : 'sent'
    }
    const tabs = [0, 1, 2].map(() => new Outbox(shelf, post, alone, () => undefined))
    for (let n = 1; n <= 10; n++) await tabs[n % 3]!.add(parcel(n))
    while ((await shelf.all()).length) await tabs[0]!.flush()
    assert.deepEqual(got, Array.from({ length: 10 }, (_, i) => `c${i + 1}`))
    for (const t of tabs) await t.clear()
  }
})
