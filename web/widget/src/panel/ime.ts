// Enter ends a composition (拼音 candidates) before it may send anything.

/** The one guard for every Enter: attach `start` and `end` to the field, ask `sends` on keydown. */
export class EnterGuard {
  private composing = false

  start = (): void => {
    this.composing = true
  }

  // Safari reports the Enter that ended the composition after compositionend, in the same task.
  end = (): void => {
    setTimeout(() => (this.composing = false))
  }

  sends(event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'isComposing' | 'keyCode'>): boolean {
    return (
      event.key === 'Enter' &&
      !event.shiftKey &&
      !event.isComposing &&
      event.keyCode !== 229 &&
      !this.composing
    )
  }
}
