// Speech to text by the browser, where it has it.

export const hasVoice = 'SpeechRecognition' in window || 'webkitSpeechRecognition' in window

interface Recogniser {
  lang: string
  interimResults: boolean
  continuous: boolean
  start(): void
  stop(): void
  onresult: (event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void
  onend: () => void
  onerror: () => void
}

const Kind = window as unknown as Record<string, new () => Recogniser>
const Recognition = Kind.SpeechRecognition ?? Kind.webkitSpeechRecognition

/** Listen until `stop` is called or the visitor falls silent; returns the stop function. */
export function listen(
  lang: string,
  heard: (text: string) => void,
  ended: (failed: boolean) => void,
): () => void {
  const recogniser = new Recognition!()
  let any = false
  recogniser.lang = lang === 'en' ? 'en-US' : 'zh-CN'
  recogniser.interimResults = true
  recogniser.continuous = true
  recogniser.onresult = (event) => {
    any = true
    heard(Array.from(event.results, (result) => result[0]!.transcript).join(''))
  }
  let over = false
  const end = (failed: boolean) => {
    if (!over) ended(failed)
    over = true
  }
  recogniser.onerror = () => end(!any)
  recogniser.onend = () => end(!any)
  recogniser.start()
  return () => recogniser.stop()
}
