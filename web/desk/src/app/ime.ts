/** The one guard between an input method and every key handler: an Enter that ends a composition is not an Enter. */
let ended = false

addEventListener('compositionend', () => {
  ended = true
  setTimeout(() => (ended = false))
}, true)

/** Whether an input method is using this key. */
export function composing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229 || ended
}

/** Run `act` for a plain Enter that the input method does not use. */
export function onEnter(event: KeyboardEvent, act: () => void): void {
  if (event.key !== 'Enter' || event.shiftKey || composing(event)) return
  event.preventDefault()
  act()
}
