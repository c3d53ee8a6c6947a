// In which tab of the site the window is opened: an invitation that waits there begins the talk.
import type { Conversation } from '../types'
import type { Visit } from '../visit'

export function watchTab(visit: Visit): void {
  const id = new URLSearchParams(location.search).get('here')
  let told = false
  const tell = () => {
    const open = visit.state.open && !!visit.api.token
    if (!id || open === told) return
    told = open
    if (open)
      visit.api
        .ask<Conversation | null>('POST', '/tabs', { id })
        .then((conversation) => visit.hearing.take(conversation))
        .catch(() => undefined)
  }
  visit.subscribe(tell)
  tell()
}
