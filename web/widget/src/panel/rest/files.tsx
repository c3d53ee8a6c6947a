import { useEffect, useState } from 'preact/hooks'
import type { FileInfo, ParcelFile } from '../types'
import { t } from '../words'
import { Icon } from '../views/parts'

export const sizeOf = (bytes: number) =>
  bytes > 1e6 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} KB`

/** Why a file cannot be opened, as far as it matters to who gets it. */
const held = (scan = '') => (scan === 'infected' ? scan : /^(waiting|unreachable)$/.test(scan) ? 'waiting' : 'unseen')

export const Files = ({ files }: { files: FileInfo[] }) => (
  <>
    {files.map((file) =>
      !file.url ? (
        <span class="file">
          <Icon name="file" />
          <span>
            {file.name}
            <br />
            <small role="status">{t(`scan.${held(file.scan)}`)}</small>
          </span>
        </span>
      ) : file.kind === 'image' ? (
        <a class="picture" href={file.url} target="_blank" rel="noopener">
          <img
            src={file.thumb_url || file.url}
            alt={t('image', { name: file.name })}
            width={file.width || undefined}
            height={file.height || undefined}
            loading="lazy"
          />
        </a>
      ) : file.kind === 'video' ? (
        <video src={file.url} controls playsInline preload="metadata" aria-label={t('video', { name: file.name })} />
      ) : file.kind === 'audio' ? (
        <audio src={file.url} controls preload="none" aria-label={file.name} />
      ) : (
        <a class="file" href={file.url} target="_blank" rel="noopener">
          <Icon name="file" />
          <span>{file.name}</span>
          <small>{sizeOf(file.size)}</small>
        </a>
      ),
    )}
  </>
)

/** Files that are still on this device. */
export const LocalFiles = ({ files }: { files: ParcelFile[] }) => (
  <>
    {files.map((file) =>
      file.blob && /^image\//.test(file.mime) ? (
        <Preview blob={file.blob} name={file.name} />
      ) : (
        <span class="file">
          <Icon name="file" />
          <span>{file.name}</span>
          <small>{sizeOf(file.size)}</small>
        </span>
      ),
    )}
  </>
)

export function Preview({ blob, name }: { blob: Blob; name: string }) {
  const [url, setUrl] = useState('')
  useEffect(() => {
    const made = URL.createObjectURL(blob)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [blob])
  return url ? <img class="preview" src={url} alt={name} /> : null
}
