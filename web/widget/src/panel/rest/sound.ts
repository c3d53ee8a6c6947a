// A short quiet tone made on the spot; off unless the visitor asks for it.

let audio: AudioContext | null = null

export function chime(): void {
  try {
    audio ??= new AudioContext()
    const tone = audio.createOscillator()
    const volume = audio.createGain()
    const now = audio.currentTime
    tone.frequency.setValueAtTime(660, now)
    tone.frequency.setValueAtTime(880, now + 0.09)
    volume.gain.setValueAtTime(0.06, now)
    volume.gain.exponentialRampToValueAtTime(0.0001, now + 0.3)
    tone.connect(volume).connect(audio.destination)
    tone.start(now)
    tone.stop(now + 0.3)
  } catch {
    // No audio device: the badge and the title still tell.
  }
}
