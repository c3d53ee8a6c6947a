/** Shapes shared by the parts. */
import type { Component } from 'vue'

/** A colour by what it means; never a raw value. */
export type Tone = 'neutral' | 'brand' | 'danger' | 'warning' | 'calm' | 'info' | 'ai'

export interface MenuItem {
  label?: string
  hint?: string
  icon?: Component
  dot?: Tone
  kbd?: string
  danger?: boolean
  disabled?: boolean
  why?: string
  checked?: boolean
  separator?: boolean
  heading?: string
  run?: () => void
}

export interface Option {
  value: string
  label: string
  hint?: string
  disabled?: boolean
  dot?: Tone
}

export interface TreeNode {
  id: string
  parent_id: string | null
  label: string
}

export interface Column<Row> {
  key: string
  label: string
  align?: 'left' | 'right'
  width?: string
  sortable?: boolean
  /** The plain value: for sorting, CSV and the cell without a slot. */
  value?: (row: Row) => string | number | null | undefined
}

export interface Sort { key: string; down: boolean }

export interface Command {
  id: string
  label: string
  group: string
  icon?: Component
  kbd?: string
  /** More words that find it, for example the other language. */
  match?: string
  run: () => void
}

export const weakTone: Record<Tone, string> = {
  neutral: 'bg-bg text-fg-2',
  brand: 'bg-brand-weak text-brand',
  danger: 'bg-danger-weak text-danger',
  warning: 'bg-warning-weak text-warning',
  calm: 'bg-calm-weak text-calm',
  info: 'bg-info-weak text-info',
  ai: 'bg-ai-weak text-ai',
}
