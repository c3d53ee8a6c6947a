/** The one way to the server: cookies, the CSRF header, the language, and errors as ApiError. */
import { currentLanguage } from '@/app/i18n'
import type { PathOf } from '@/api/types'

/** What the server answered instead of the wanted thing; status 0 when it was not reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly trace = '',
    readonly fields: Record<string, string> = {},
  ) {
    super(message)
  }
}

type Query = Record<string, string | number | boolean | null | undefined | string[]>
type Listener = (error: ApiError) => void
const refusedListeners = new Set<Listener>()

/** Hear of answers 401, which end the session. */
export function onSignedOut(listener: Listener): void {
  refusedListeners.add(listener)
}

export function address(path: string, query?: Query): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of [value].flat()) if (one !== null && one !== undefined && one !== '') search.append(name, String(one))
  }
  const text = search.toString()
  return `/api${path}${text ? `?${text}` : ''}`
}

async function call<T>(method: string, path: string, query?: Query, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': currentLanguage() }
  if (method !== 'GET') headers['X-Peakend'] = '1'
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  let answer: Response
  // A draft that is sent while the page is left still arrives.
  try {
    answer = await fetch(address(path, query), { method, headers, signal, credentials: 'same-origin', keepalive: path.endsWith('/draft'), body: body === undefined ? undefined : JSON.stringify(body) })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new ApiError(0, 'network', 'network')
  }
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json().catch(() => undefined)) as T
  throw await failure(answer, path)
}

async function failure(answer: Response, path: string): Promise<ApiError> {
  const found = await answer.json().catch(() => ({}))
  const { code = `http.${answer.status}`, message = answer.statusText, trace = '', fields = {} } = found.error ?? {}
  const error = new ApiError(answer.status, code, message, trace, fields)
  if (answer.status === 401 && path !== '/session') for (const listener of refusedListeners) listener(error)
  return error
}

/** The paths are those of the description: a wrong address or method does not compile. */
export const api = {
  get: <T>(path: PathOf<'get'>, query?: Query, signal?: AbortSignal) => call<T>('GET', path, query, undefined, signal),
  post: <T>(path: PathOf<'post'>, body: unknown = {}) => call<T>('POST', path, undefined, body),
  put: <T>(path: PathOf<'put'>, body: unknown) => call<T>('PUT', path, undefined, body),
  patch: <T>(path: PathOf<'patch'>, body: unknown) => call<T>('PATCH', path, undefined, body),
  remove: <T = void>(path: PathOf<'delete'>) => call<T>('DELETE', path),
  upload,
}

/** Send one file with progress from 0 to 1. */
function upload<T>(path: PathOf<'post'>, file: File, progress?: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api${path}`)
    request.setRequestHeader('X-Peakend', '1')
    request.setRequestHeader('Accept-Language', currentLanguage())
    request.responseType = 'json'
    request.upload.onprogress = (event) => event.lengthComputable && progress?.(event.loaded / event.total)
    request.onerror = () => reject(new ApiError(0, 'network', 'network'))
    request.onload = () => {
      if (request.status < 300) { resolve(request.response as T); return }
      const { code = `http.${request.status}`, message = '', trace = '', fields = {} } = request.response?.error ?? {}
      reject(new ApiError(request.status, code, message, trace, fields))
    }
    const form = new FormData()
    form.append('file', file, file.name)
    request.send(form)
  })
}
