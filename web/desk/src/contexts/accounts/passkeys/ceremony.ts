/** What the browser does with passkeys: making one, answering with one, and why it did not. */
import type { Shapes } from '@/api/types'

type Question = Shapes['PasskeyQuestion']
export type Answer = Shapes['PasskeyAnswer']
export type Made = Omit<Shapes['NewPasskey'], 'name'>
export type Why = 'cancelled' | 'known' | 'elsewhere' | 'unsupported' | 'failed'

/** Why the browser made no passkey, or gave none; `origin` is where it would. */
export class CeremonyError extends Error {
  constructor(readonly why: Why, readonly origin = '') {
    super(why)
  }
}

export const supported = () => typeof PublicKeyCredential !== 'undefined' && !!navigator.credentials

export async function make(question: Question): Promise<Made> {
  const options = question.options as Record<string, any>
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map(known),
  } as PublicKeyCredentialCreationOptions
  const found = await asked(question, () => navigator.credentials.create({ publicKey }))
  const response = found.response as AuthenticatorAttestationResponse
  return {
    id: text(found.rawId),
    client_data: text(response.clientDataJSON),
    attestation: text(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  }
}

export async function prove(question: Question): Promise<Answer> {
  const options = question.options as Record<string, any>
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: (options.allowCredentials ?? []).map(known) } as PublicKeyCredentialRequestOptions
  const found = await asked(question, () => navigator.credentials.get({ publicKey }))
  const response = found.response as AuthenticatorAssertionResponse
  return {
    id: text(found.rawId),
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
    user_handle: response.userHandle?.byteLength ? text(response.userHandle) : null,
  }
}

async function asked(question: Question, ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!supported()) throw new CeremonyError('unsupported')
  if (location.origin !== question.origin) throw new CeremonyError('elsewhere', question.origin)
  try {
    const found = await ask()
    if (found) return found as PublicKeyCredential
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    throw new CeremonyError(name === 'NotAllowedError' || name === 'AbortError' ? 'cancelled' : name === 'InvalidStateError' ? 'known' : name === 'SecurityError' ? 'elsewhere' : 'failed', question.origin)
  }
  throw new CeremonyError('cancelled')
}

const known = (one: any) => ({ ...one, id: bytes(one.id) })
function bytes(base64url: string): ArrayBuffer {
  const plain = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (one) => one.charCodeAt(0)).buffer
}
const text = (data: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(data))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
