// The third part of the panel, fetched when the first rich message is shown: cards, an order, a step,
// and replies to choose from. Everything is text; links lead to https, pictures are the message's own.
import { useState } from 'preact/hooks'
import type { Message, Written } from '../types'
import { Act, Icon, Plain } from '../views/parts'
import type { Visit } from '../visit'
import { t } from '../words'
import style from './blocks.css'
import { choicesOf, moneyOf, safeLink, type Block, type Button, type Content, type Tile } from './content'

const sheet = new CSSStyleSheet()
sheet.replaceSync(style)
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]

interface Props {
  m: Message
  visit: Visit
}

/** What is asked of the blocks below: what was chosen, and choosing. */
interface Choosing {
  taken: Set<string>
  /** The conversation is over, or the answer is on its way. */
  still: boolean
  choose: (choice: string) => void
}

function useChoosing({ m, visit }: Props): Choosing {
  const [on, setOn] = useState('')
  const { thread } = visit.state
  const taken = choicesOf(thread.messages, m.id)
  if (on) taken.add(on)
  const still = !!on || thread.conversation?.state === 'closed' || !thread.messages.includes(m)
  const choose = (choice: string) => {
    setOn(choice)
    document.querySelector<HTMLElement>('.log')?.focus({ preventScroll: true })
    void visit
      .attempt(async () => {
        const path = `/messages/${m.id}/choices`
        visit.hearing.take((await visit.api.ask<Written>('POST', path, { choice })).conversation)
      })
      .then(() => setOn(''))
  }
  return { taken, still, choose }
}

export function Blocks({ m, visit }: Props) {
  const { block, intro } = (m.params ?? {}) as Content
  const choosing = useChoosing({ m, visit })
  return (
    <>
      {intro && <Plain text={intro} />}
      {block && <One block={block} m={m} choosing={choosing} large={visit.state.large} />}
    </>
  )
}

/** Replies to choose from: gone when one is chosen, or when the customer says something else. */
export function Quick({ m, visit }: Props) {
  const choosing = useChoosing({ m, visit })
  const { quick = [] } = (m.params ?? {}) as Content
  const { messages } = visit.state.thread
  const last = messages.filter((one) => one.kind !== 'system').at(-1)
  if (!quick.length || last?.id !== m.id || choosing.still || choosing.taken.size) return null
  return (
    <div class="quick" role="group" aria-label={t('rich.quick')}>
      {quick.map((label, at) => (
        <Act key={at} onClick={() => choosing.choose('q' + at)}>
          {label}
        </Act>
      ))}
    </div>
  )
}

interface OneProps {
  block: Block
  m: Message
  choosing: Choosing
  large: boolean
}

function One({ block, m, choosing, large }: OneProps) {
  if (block.type === 'step') return <Step block={block} m={m} choosing={choosing} />
  if (block.type === 'order')
    return (
      <section class="tile order" aria-label={t('rich.order', { number: block.number })}>
        <p class="order-head">
          <span>{t('rich.order', { number: block.number })}</span>
          {block.state && <b class={'tone ' + block.tone}>{block.state}</b>}
        </p>
        <div class="order-body">
          <Picture id={block.file_id} m={m} alt={block.title} />
          <div>
            {block.title && <p>{block.title}</p>}
            {block.amount_fen != null && <p class="amount">{moneyOf(block.amount_fen)}</p>}
          </div>
        </div>
        <Buttons given={block.buttons} place={0} choosing={choosing} url={block.url} />
      </section>
    )
  const cards = block.cards
  if (cards.length === 1) return <Card tile={cards[0]!} place={0} m={m} choosing={choosing} />
  // Large type shows one below the other: nothing is hidden at the side.
  if (block.layout === 'list' || large)
    return (
      <ul class="list">
        {cards.map((tile, at) => (
          <li key={at}>
            <Card tile={tile} place={at} m={m} choosing={choosing} row={!large} />
          </li>
        ))}
      </ul>
    )
  return <Carousel cards={cards} m={m} choosing={choosing} />
}

function Carousel({ cards, m, choosing }: { cards: Tile[]; m: Message; choosing: Choosing }) {
  const [at, setAt] = useState(0)
  const go = (button: HTMLElement, to: number) => {
    const strip = button.closest('.carousel')!.querySelector<HTMLElement>('.strip-of-cards')!
    strip.scrollTo({ left: (strip.children[to] as HTMLElement).offsetLeft - strip.offsetLeft })
  }
  const turn = (step: number, icon: 'back' | 'next', disabled: boolean) => (
    <button
      type="button"
      class="act ghost square"
      aria-label={t(`rich.${icon}`)}
      aria-disabled={disabled}
      onClick={(event) => !disabled && go(event.currentTarget, at + step)}
    >
      <span aria-hidden="true">{step < 0 ? '‹' : '›'}</span>
    </button>
  )
  return (
    <div class="carousel" role="group" aria-label={t('rich.cards', { n: cards.length })}>
      <ul
        class="strip-of-cards"
        tabIndex={0}
        aria-label={t('rich.cards', { n: cards.length })}
        onScroll={(event) => {
          const strip = event.currentTarget
          const wide = (strip.children[0] as HTMLElement).offsetWidth + 8
          const end = strip.scrollLeft + strip.clientWidth >= strip.scrollWidth - 2
          setAt(end ? cards.length - 1 : Math.round(strip.scrollLeft / wide))
        }}
      >
        {cards.map((tile, place) => (
          <li key={place}>
            <Card tile={tile} place={place} m={m} choosing={choosing} />
          </li>
        ))}
      </ul>
      <p class="turn">
        {turn(-1, 'back', at === 0)}
        <small role="status">{t('rich.place', { n: at + 1, of: cards.length })}</small>
        {turn(1, 'next', at === cards.length - 1)}
      </p>
    </div>
  )
}

interface CardProps {
  tile: Tile
  place: number
  m: Message
  choosing: Choosing
  row?: boolean
}

function Card({ tile, place, m, choosing, row }: CardProps) {
  return (
    <section class={row ? 'tile in-row' : 'tile'} aria-label={tile.title || undefined}>
      <Picture id={tile.file_id} m={m} alt={tile.title} />
      <div class="words">
        {tile.title && <p class="title">{tile.title}</p>}
        {tile.text && <Plain text={tile.text} />}
        <Buttons given={tile.buttons} place={place} choosing={choosing} />
      </div>
    </section>
  )
}

function Step({ block, m, choosing }: { block: Block & { type: 'step' }; m: Message; choosing: Choosing }) {
  return (
    <section class="tile step" aria-label={t('rich.step', { n: block.n, of: block.of })}>
      <p class="step-head">
        <span>{t('rich.step', { n: block.n, of: block.of })}</span>
        <progress value={block.n} max={block.of} aria-hidden="true" />
      </p>
      <Picture id={block.file_id} m={m} alt={block.title || block.text} />
      {block.title && <p class="title">{block.title}</p>}
      <Plain text={block.text} />
      <div class="buttons">
        {(['done', 'stuck'] as const).map((code) => (
          <Choice key={code} code={code} label={block[code]} choosing={choosing} main={code === 'done'} />
        ))}
      </div>
    </section>
  )
}

interface ButtonsProps {
  given?: Button[]
  place: number
  choosing: Choosing
  url?: string | null
}

function Buttons({ given = [], place, choosing, url }: ButtonsProps) {
  const more = safeLink(url)
  if (!given.length && !more) return null
  return (
    <div class="buttons">
      {given.map((button, at) => {
        const href = safeLink(button.url)
        if (href) return <Link key={at} href={href} label={button.label} />
        if (button.url) return null
        const code = `b${place}.${at}`
        return <Choice key={at} code={code} label={button.label} choosing={choosing} />
      })}
      {more && <Link href={more} label={t('rich.look')} />}
    </div>
  )
}

const Link = ({ href, label }: { href: string; label: string }) => (
  <a class="act" href={href} target="_blank" rel="noopener noreferrer nofollow" title={new URL(href).host}>
    {label}
    <span class="unseen">{t('rich.away', { host: new URL(href).host })}</span>
  </a>
)

interface ChoiceProps {
  code: string
  label: string
  choosing: Choosing
  main?: boolean
}

function Choice({ code, label, choosing, main }: ChoiceProps) {
  const taken = choosing.taken.has(code)
  const disabled = taken || choosing.still
  return (
    <button
      type="button"
      class={'act ' + (main && !disabled ? 'primary' : '')}
      disabled={disabled}
      onClick={() => choosing.choose(code)}
    >
      {taken && <Icon name="check" />}
      {label}
      {taken && <span class="unseen">{t('rich.chosen')}</span>}
    </button>
  )
}

function Picture({ id, m, alt }: { id?: string | null; m: Message; alt: string }) {
  const file = m.files?.find((one) => one.id === id && one.kind === 'image')
  if (!file) return null
  return (
    <a class="picture" href={file.url} target="_blank" rel="noopener">
      <img
        src={file.thumb_url || file.url}
        alt={t('image', { name: alt || file.name })}
        width={file.width || undefined}
        height={file.height || undefined}
        loading="lazy"
      />
    </a>
  )
}
