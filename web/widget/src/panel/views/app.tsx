import { useEffect, useReducer, useState } from 'preact/hooks'
import { later } from '../later'
import { embedded, tellHost } from '../host'
import type { Visit } from '../visit'
import { language, t } from '../words'
import { Dock } from './dock'
import { Act, Icon } from './parts'
import { Log } from './log'

export function App({ visit }: { visit: Visit }) {
  const [, redraw] = useReducer((n: number) => n + 1, 0)
  const [menu, setMenu] = useState(false)
  useEffect(() => visit.subscribe(() => redraw(0)), [])
  const { state } = visit
  useLook(visit)
  const close = () => tellHost({ t: 'close' })

  if (state.phase === 'gone') return <Message text={t('load.gone')} />
  if (state.phase === 'failed')
    return <Message text={t('load.failed')} act={() => void visit.enter()} />
  if (!state.config) return <div class="app" aria-busy="true" />
  return (
    <div
      class="app"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.isComposing) return
        if (menu) setMenu(false)
        else close()
      }}
    >
      <Header visit={visit} menu={() => setMenu(!menu)} open={menu} close={close} />
      <Strip visit={visit} />
      {menu && later && <later.Menu visit={visit} leave={() => setMenu(false)} />}
      <div class="talk" hidden={menu && !!later}>
        <Log visit={visit} />
        <Dock visit={visit} />
      </div>
    </div>
  )
}

function Header(props: { visit: Visit; menu: () => void; open: boolean; close: () => void }) {
  const { state } = props.visit
  const { config, thread, large } = state
  const conversation = thread.conversation
  const look = config?.channel.look
  const agent = conversation?.state === 'serving' ? conversation.agent : null
  const title = (language === 'en' ? look?.title_en : look?.title_zh) || config?.channel.name
  const states = {
    digital: t('digital.sub'),
    waiting: t(conversation?.out_of_hours ? 'left' : 'waiting.title'),
    serving: t('agent.serving'),
    closed: t('ended'),
  }
  return (
    <header class="top">
      <span class={'face ' + (agent ? 'person' : 'digital')}>
        {agent?.name[0] || (config?.brand?.mark ? <img src={config.brand.mark} alt="" width={36} /> : <Icon name="digital" size={22} />)}
      </span>
      <div class="who">
        <h1>{agent ? t('agent.named', { name: agent.name }) : title || t('title')}</h1>
        <p>{states[(!state.fresh && conversation?.state) || 'digital']}</p>
      </div>
      <Act
        kind="ghost"
        class="word"
        label={large ? t('large.off') : t('large')}
        pressed={large}
        onClick={() => props.visit.setLarge(!large)}
      >
        {large ? t('large.off') : t('large')}
      </Act>
      <Act kind="ghost" icon="more" label={t('more')} pressed={props.open} onClick={props.menu} />
      {embedded && <Act kind="ghost" icon="close" label={t('close')} onClick={props.close} />}
    </header>
  )
}

function Strip({ visit }: { visit: Visit }) {
  const { online, live, note, thread } = visit.state
  const [late, setLate] = useState(false)
  // A short gap in the connection is nobody's business.
  useEffect(() => {
    if (live || !thread.conversation) return setLate(false)
    const timer = setTimeout(() => setLate(true), 3000)
    return () => clearTimeout(timer)
  }, [live, !thread.conversation])
  const text = !online ? t('offline') : late ? t('reconnecting') : note
  return (
    <div role="status" class="strip" hidden={!text}>
      {text}
      {text === note && note && (
        <Act kind="ghost" icon="cross" label={t('discard')} onClick={() => visit.set({ note: null })} />
      )}
    </div>
  )
}

const Message = ({ text, act }: { text: string; act?: () => void }) => (
  <div class="app middle" role="alert">
    <p>{text}</p>
    {act && (
      <Act kind="primary" onClick={act}>
        {t('load.retry')}
      </Act>
    )}
    {embedded && <Act onClick={() => tellHost({ t: 'close' })}>{t('close')}</Act>}
  </div>
)

/** Brand colour, large type and title follow the settings. */
function useLook(visit: Visit): void {
  const { config, large } = visit.state
  const look = config?.channel.look
  const colour = look?.colour || '#0b6b75'
  useEffect(() => {
    document.documentElement.toggleAttribute('data-large', large)
    tellHost({ t: 'look', colour, large })
    return later?.paint(colour, large)
  }, [colour, large, !later])
}
