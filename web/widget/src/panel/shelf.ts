// Storage on the visitor's device. Every kind may be refused in a third-party frame or a private
// window; then memory takes its place, and nothing but a reload is lost.
import type { Parcel } from './types'
import type { Alone, Shelf } from './outbox'

const memory = new Map<string, string>()

export const notes = {
  get(key: string): string | null {
    try {
      return localStorage.getItem(key) ?? memory.get(key) ?? null
    } catch {
      return memory.get(key) ?? null
    }
  },
  set(key: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(key)
      else localStorage.setItem(key, value)
      memory.delete(key)
    } catch {
      if (value === null) memory.delete(key)
      else memory.set(key, value)
    }
  },
}

export function memoryShelf(): Shelf {
  const parcels = new Map<string, Parcel>()
  return {
    all: async () => [...parcels.values()],
    put: async (parcel) => void parcels.set(parcel.client_id, parcel),
    remove: async (clientId) => void parcels.delete(clientId),
    clear: async () => parcels.clear(),
  }
}

/** A shelf in IndexedDB; pictures wait there as blobs. */
export async function openShelf(name: string): Promise<Shelf> {
  try {
    const database = await done<IDBDatabase>(() => {
      const opening = indexedDB.open(name, 1)
      opening.onupgradeneeded = () =>
        opening.result.createObjectStore('parcels', { keyPath: 'client_id' })
      return opening
    })
    const parcels = (mode: IDBTransactionMode) =>
      database.transaction('parcels', mode).objectStore('parcels')
    const spare = memoryShelf()
    return {
      all: async () => [
        ...(await done<Parcel[]>(() => parcels('readonly').getAll())),
        ...(await spare.all()),
      ],
      // A full disk refuses large pictures: they then wait in memory.
      put: async (parcel) => {
        try {
          await done(() => parcels('readwrite').put(parcel))
        } catch {
          await spare.put(parcel)
        }
      },
      remove: async (clientId) => {
        await spare.remove(clientId)
        await done(() => parcels('readwrite').delete(clientId))
      },
      clear: async () => {
        await spare.clear()
        await done(() => parcels('readwrite').clear())
      },
    }
  } catch {
    return memoryShelf()
  }
}

function done<T>(ask: () => IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = ask()
    request.onsuccess = () => resolve(request.result as T)
    request.onerror = () => reject(request.error)
  })
}

/** One tab at a time; without Web Locks (plain http) the server's client_id rule alone decides. */
export function aloneIn(name: string): Alone {
  const locks = navigator.locks
  return async (work) => {
    if (locks) await locks.request(name, work)
    else await work()
  }
}

/** A random UUID; crypto.randomUUID is missing on plain http pages. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 15) | 64
  bytes[8] = (bytes[8]! & 63) | 128
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
