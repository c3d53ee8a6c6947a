// The second part of the panel: what shows messages, takes files, ends. See later.ts.
import './icons'
import style from './rest.css'

const sheet = new CSSStyleSheet()
sheet.replaceSync(style)
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]

export { paint } from './colour'
export { Hours, Waiting } from './cards'
export { Ending } from './ending'
export { Menu } from './menu'
export { Pending, Questions, Row } from './row'
export { fetchOlder } from './older'
export { chime } from './sound'
export { watchTab } from './tab'
export { collect, Tools } from './tools'
export { Tray } from './tray'
export { upload } from './upload'
