// Keeps the one page of the desk for when the server is not reached: the desk then opens and says so itself.
// Always asks the server first. Its scripts are kept by the browser; no answer with anybody's data is kept here.
const PAGE = '/desk/'

addEventListener('install', (event) => event.waitUntil(caches.open('page').then((kept) => kept.add(PAGE)).then(() => skipWaiting())))
addEventListener('activate', (event) => event.waitUntil(clients.claim()))
addEventListener('fetch', (event) => {
  if (event.request.mode === 'navigate') event.respondWith(page(event.request))
})

async function page(request) {
  const kept = await caches.open('page')
  try {
    const answer = await fetch(request)
    // Every address of the desk is answered with the same page.
    if (answer.ok && /^text\/html/.test(answer.headers.get('Content-Type'))) await kept.put(PAGE, answer.clone())
    return answer
  } catch {
    return (await kept.match(PAGE)) ?? Response.error()
  }
}
