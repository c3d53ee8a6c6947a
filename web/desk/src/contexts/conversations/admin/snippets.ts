/** How a host page signs who its visitor is, in three languages; the server checks the same text. */
export const languages = ['python', 'php', 'js'] as const
export type SnippetLanguage = (typeof languages)[number]

export const snippets: Record<SnippetLanguage, string> = {
  python: `import hashlib, hmac, json, os, time

def identity(user):
    fields = {"id": str(user.id), "name": user.name, "exp": int(time.time()) + 3600}
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    secret = os.environ["PEAKEND_IDENTITY_SECRET"]
    fields["hash"] = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return fields`,
  php: `function identity($user) {
    $fields = ["id" => (string) $user->id, "name" => $user->name, "exp" => time() + 3600];
    ksort($fields);
    $text = json_encode($fields, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
    $fields["hash"] = hash_hmac("sha256", $text, getenv("PEAKEND_IDENTITY_SECRET"));
    return $fields;
}`,
  js: `import { createHmac } from 'node:crypto'

export function identity(user) {
  const fields = { exp: Math.floor(Date.now() / 1000) + 3600, id: String(user.id), name: user.name }
  const text = JSON.stringify(fields, Object.keys(fields).sort())
  const hash = createHmac('sha256', process.env.PEAKEND_IDENTITY_SECRET).update(text).digest('hex')
  return { ...fields, hash }
}`,
}

export const pageSnippet = `addEventListener('peakend:ready', async () => {
  window.peakend.identify(await (await fetch('/my-identity')).json())
}, { once: true })`
