import { ofChannel } from './links'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Visit } from '../visit'
import { t } from '../words'
import { phoneOf } from '../views/phone'
import { Act } from '../views/parts'

/** Everything that is not talking: one list, one step deep. */
export function Menu({ visit, leave }: { visit: Visit; leave: () => void }) {
  const { state } = visit
  const box = useRef<HTMLDivElement>(null)
  const [ending, setEnding] = useState(false)
  const [link, setLink] = useState<string | null>(null)
  const [said, setSaid] = useState('')
  const running = state.thread.conversation && state.thread.conversation.state !== 'closed'
  const phone = phoneOf(visit)
  const brand = state.config?.brand
  const footer = brand && ((state.language === 'en' && brand.footer_en) || brand.footer_zh)
  useEffect(() => box.current?.querySelector('button')?.focus(), [ending])

  const share = async () => {
    setSaid('')
    try {
      const url = await visit.link()
      setLink(url)
      await navigator.clipboard.writeText(url)
      setSaid(t('link.done'))
    } catch {
      setSaid((was) => was || t('link.failed'))
    }
  }

  return (
    <div class="menu" ref={box} role="region" aria-label={t('menu.title')}>
      {ending ? (
        <>
          <p>{t('end.ask')}</p>
          <Act kind="danger" onClick={() => void visit.end().then(leave)}>
            {t('end.yes')}
          </Act>
          <Act onClick={() => setEnding(false)}>{t('end.no')}</Act>
        </>
      ) : (
        <>
          <Act icon="back" onClick={leave}>
            {t('menu.back')}
          </Act>
          <Act onClick={() => visit.setLanguage(state.language === 'en' ? 'zh-CN' : 'en')}>
            {t('language')}
          </Act>
          <Act icon="sound" pressed={state.sound} onClick={() => visit.setSound(!state.sound)}>
            {state.sound ? t('sound.off') : t('sound.on')}
          </Act>
          {phone && (
            <a class="act" href={phone.href}>
              {t('call.number', { n: phone.number })}
            </a>
          )}
          <a class="act" href={ofChannel('/help')!} target="_blank" rel="noopener">
            {t('help')}
          </a>
          {state.thread.conversation && (
            <Act icon="link" onClick={() => void share()}>
              {t('link')}
            </Act>
          )}
          <p role="status" hidden={!said && !link}>
            {link && said !== t('link.done') ? t('link.show') : said}
          </p>
          {link && (
            <input
              readOnly
              value={link}
              aria-label={t('link')}
              onFocus={(event) => event.currentTarget.select()}
            />
          )}
          {running && (
            <Act kind="danger" icon="cross" onClick={() => setEnding(true)}>
              {t('end')}
            </Act>
          )}
          {brand?.links.map((one) => (
            <a class="act" key={one.url} href={one.url} target="_blank" rel="noopener">
              {state.language === 'en' ? one.name_en : one.name_zh}
            </a>
          ))}
          {footer && <p class="footer">{footer}</p>}
        </>
      )}
    </div>
  )
}
