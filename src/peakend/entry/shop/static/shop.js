// What a shop adds for itself: it tells the chat who is signed in, and opens it where people ask.
const KEY = 'shop:signed-in'
const chat = (use) =>
  window.peakend ? use(window.peakend) : addEventListener('peakend:ready', () => use(window.peakend), { once: true })

async function signIn() {
  const answer = await fetch('/shop/identity/' + document.body.dataset.key)
  if (!answer.ok) return
  const identity = await answer.json()
  sessionStorage.setItem(KEY, '1')
  chat((peakend) => peakend.identify(identity))
  show(true)
}

function signOut() {
  sessionStorage.removeItem(KEY)
  chat((peakend) => peakend.identify(null))
  show(false)
}

function show(signedIn) {
  document.querySelector('script[src="/widget-here.js"]')?.toggleAttribute('data-signed-in', signedIn)
  for (const part of document.querySelectorAll('[data-when]'))
    part.hidden = (part.dataset.when === 'in') !== signedIn
  document.querySelector('.signed').textContent = document.body.dataset.in
}

for (const button of document.querySelectorAll('[data-sign]'))
  button.addEventListener('click', () => (button.dataset.sign === 'in' ? signIn() : signOut()))
for (const button of document.querySelectorAll('[data-ask]'))
  button.addEventListener('click', () =>
    chat((peakend) => {
      const { ask, page } = button.dataset
      if (page) peakend.page(`${location.origin}/shop?${page}`, ask)
      peakend.open()
    }),
  )

if (sessionStorage.getItem(KEY)) signIn()
else show(false)
