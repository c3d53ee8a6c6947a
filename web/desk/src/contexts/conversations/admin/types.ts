import type { Open, Shapes } from '@/api/types'

export type Canned = Shapes['CannedReply']
export type Look = Required<Shapes['Look']>
export type Channel = Open<Shapes['ChannelRecord'], { look: Look }>
/** A node of the tree while it is edited; the server writes its label. */
export type ReasonNode = Omit<Shapes['ShownReason'], 'label'>
