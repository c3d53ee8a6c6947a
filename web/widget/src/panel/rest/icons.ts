// The icons of the second part.
import { icons } from '../views/parts'

const paths = {
  attach: 'M20 11l-8.5 8.5a5 5 0 01-7-7L13 4a3.3 3.3 0 014.7 4.7l-8.5 8.4a1.6 1.6 0 01-2.3-2.3L14.5 7',
  camera: 'M4 8h3.5L9 5.5h6L16.500 8H20v11H4zM12 16.500a3.300 3.300 0 100-6.600 3.300 3.300 0 000 6.600z',
  voice: 'M12 3a3 3 0 013 3v5a3 3 0 01-6 0V6a3 3 0 013-3zM6 11a6 6 0 0012 0M12 17v4',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  back: 'M15 5l-7 7 7 7',
  link: 'M10 14a4 4 0 006 0l3-3a4 4 0 00-6-6l-1 1M14 10a4 4 0 00-6 0l-3 3a4 4 0 006 6l1-1',
  sound: 'M4 10v4h4l5 4V6L8 10zM17 9a4 4 0 010 6',
  clock: 'M12 21a9 9 0 100-18 9 9 0 000 18zM12 7v5l3 2',
}

export type LaterIcon = keyof typeof paths

Object.assign(icons, paths)
