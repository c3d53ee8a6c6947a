import { readJson, Refusal, refusalOf, type Api } from '../api'
import type { FileInfo } from '../types'

/** Upload one file; `progress` hears shares from 0 to 1. fetch cannot say how far it is. */
export function upload(
  api: Api,
  blob: Blob,
  name: string,
  progress: (share: number) => void,
): Promise<FileInfo> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', api.base + '/files')
    api.headers().forEach(([key, value]) => request.setRequestHeader(key, value))
    request.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total)
    request.onload = () => {
      const answer = readJson(request.responseText)
      if (request.status < 300) resolve(answer as FileInfo)
      else reject(refusalOf(request.status, answer))
    }
    request.onerror = request.onabort = () => reject(new Refusal(0, 'offline', ''))
    const form = new FormData()
    form.append('file', blob, name)
    request.send(form)
  })
}
