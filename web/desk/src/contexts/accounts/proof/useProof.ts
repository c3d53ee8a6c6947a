/** What moves something of value asks once more who one is: a dialog over what is open, then the same act again. */
import { getCurrentInstance, h, render, type AppContext } from 'vue'
import { ApiError } from '@/api/client'
import { needWords } from '@/app/i18n'

let asking: Promise<boolean> | null = null

/** `proven` sends an act again after the proof; it has to be the same one, with the same once-key. Who leaves the dialog hears the first refusal, and what he had filled in stays. */
export function useProof() {
  const context = getCurrentInstance()?.appContext ?? null
  async function proven<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'accounts.proof_needed') throw error
      // Two acts at once are one question.
      asking ??= ask(context).finally(() => (asking = null))
      if (!(await asking)) throw error
      return await act()
    }
  }
  return { proven }
}

async function ask(context: AppContext | null): Promise<boolean> {
  const [{ default: ProofDialog }] = await Promise.all([import('./ProofDialog.vue'), needWords('accounts/proof', 'accounts/passkeys')])
  const host = document.createElement('div')
  return new Promise((resolve) => {
    const end = (done: boolean) => { render(null, host); resolve(done) }
    const dialog = h(ProofDialog, { onProven: () => end(true), onClose: () => end(false) })
    dialog.appContext = context
    render(dialog, host)
  })
}
