/** How a brand looks, as it is read, edited and shown before it is saved. */
import type { Shapes } from '@/api/types'
import { contrast } from '@/ui/contrast'

export type BrandLook = Shapes['BrandLook']
export type FooterLink = Shapes['FooterLink']

export interface Draft {
  name: string
  slug: string
  colour: string
  footer_zh: string
  footer_en: string
  links: FooterLink[]
  version: number
}

export const WHITE = '#'.padEnd(7, 'f')
export const MOST_LINKS = 6

export const draftOf = ({ name, slug, colour, footer_zh = '', footer_en = '', links = [], version = 0 }: BrandLook): Draft => ({ name, slug, colour, footer_zh, footer_en, links, version })

export const readable = (colour: string) => /^#[0-9a-f]{6}$/i.test(colour) && contrast(colour, WHITE) >= 4.5

export const isSlug = (text: string) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text)

/** Whether a link may stand in the footer; the server looks again. */
export const leads = (url: string) => /^(https?:\/\/[^\s/@]+(\/\S*)?|mailto:\S{3,}|tel:\S{3,})$/.test(url.trim())

export const whole = (link: FooterLink) => !!link.name_zh.trim() && leads(link.url)
