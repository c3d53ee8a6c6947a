import { describe, expect, it, vi } from 'vitest'
import { composing, onEnter } from '@/app/ime'
import { defaultKeys, meaning, written } from '@/app/keys'

const press = (key: string, more: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key, cancelable: true, ...more })

describe('the IME guard', () => {
  it('passes a plain Enter', () => {
    const act = vi.fn()
    onEnter(press('Enter'), act)
    expect(act).toHaveBeenCalledOnce()
  })
  it('holds an Enter of a composition, in each way browsers say it', async () => {
    const act = vi.fn()
    onEnter(press('Enter', { isComposing: true }), act)
    const old = press('Enter')
    Object.defineProperty(old, 'keyCode', { value: 229 })
    onEnter(old, act)
    // Safari ends the composition before it sends the key.
    window.dispatchEvent(new Event('compositionend'))
    expect(composing(press('Enter'))).toBe(true)
    onEnter(press('Enter'), act)
    expect(act).not.toHaveBeenCalled()
    await new Promise((done) => setTimeout(done, 5))
    onEnter(press('Enter'), act)
    expect(act).toHaveBeenCalledOnce()
  })
  it('leaves Shift+Enter alone', () => {
    const act = vi.fn()
    onEnter(press('Enter', { shiftKey: true }), act)
    expect(act).not.toHaveBeenCalled()
  })
})

describe('keys', () => {
  it('writes events as the map does', () => {
    expect(written(press('k', { ctrlKey: true }))).toBe('Ctrl+K')
    expect(written(press('k', { metaKey: true }))).toBe('Ctrl+K')
    expect(written(press('?', { shiftKey: true }))).toBe('?')
    expect(written(press('E', { shiftKey: true }))).toBe('Shift+E')
  })
  it('understands one key and one after another', () => {
    expect(meaning(press('j'), '', defaultKeys)).toBe('next')
    expect(meaning(press('i'), 'G', defaultKeys)).toBe('inbox')
    expect(meaning(press('i'), '', defaultKeys)).toBe('take')
    expect(meaning(press('w'), '', defaultKeys)).toBeNull()
  })
  it('gives no two acts the same key', () => expect(new Set(Object.values(defaultKeys)).size).toBe(Object.keys(defaultKeys).length))
  it('uses no key that browsers keep', () => {
    for (const key of Object.values(defaultKeys)) expect(key).not.toMatch(/^Ctrl\+[TWRLN]$|^Alt\+/)
  })
})
