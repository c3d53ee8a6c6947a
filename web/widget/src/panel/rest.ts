// The second part of the panel; see later.ts.
export { Menu } from './views/menu'
export { Ending } from './views/ending'
export { accept, objection, prepare } from './pictures'
export { chime } from './sound'
export { listen } from './voice'
