/** Short tones made in the browser; each has a volume from 0 (off) to 1. */
import type { SoundName } from '@/api/types'
import { preferences } from './session'

const tones: Record<SoundName, [hertz: number, at_s: number, long_s: number][]> = {
  offer: [[659, 0, 0.14], [880, 0.16, 0.22]],
  message: [[784, 0, 0.12]],
  late: [[523, 0, 0.16], [415, 0.2, 0.24]],
}
let context: AudioContext | null = null

export function volume(name: SoundName): number {
  return preferences.sounds?.[name] ?? 0.6
}

export function sound(name: SoundName): void {
  const loud = volume(name)
  if (!loud || typeof AudioContext === 'undefined') return
  // Browsers let a page sound only after the first click or key; before that this is silent.
  if (navigator.userActivation?.hasBeenActive === false) return
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume()
  for (const [hertz, at_s, long_s] of tones[name]) {
    const start = context.currentTime + at_s
    const wave = context.createOscillator()
    const gain = context.createGain()
    wave.type = 'sine'
    wave.frequency.value = hertz
    gain.gain.setValueAtTime(0, start)
    gain.gain.linearRampToValueAtTime(loud * 0.25, start + 0.01)
    gain.gain.exponentialRampToValueAtTime(0.0001, start + long_s)
    wave.connect(gain).connect(context.destination)
    wave.start(start)
    wave.stop(start + long_s)
  }
}
