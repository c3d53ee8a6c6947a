// Pictures are made smaller on the device: at most 2560 px on the long side, and drawing them anew
// leaves out EXIF (place, device). What is not a picture goes as it is.

const LONG_SIDE = 2560
const DRAWN = /^image\/(jpeg|png|webp|bmp|heic|heif)$/
const ACCEPTED =
  /^(image\/(jpeg|png|webp|gif|bmp|heic|heif)|video\/(mp4|webm|quicktime)|audio\/(mpeg|mp4|ogg|wav|webm|aac|amr)|application\/(pdf|msword|vnd\.(ms-excel|ms-powerpoint|openxmlformats-officedocument\.[\w.]+))|text\/(plain|csv))$/

export const accept =
  'image/*,video/mp4,video/webm,video/quicktime,audio/*,.pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.txt,.csv'

export interface Prepared {
  blob: Blob
  name: string
}

/** `kind` or `size` when the file cannot be taken, else null. */
export function objection(file: { type: string; size: number }, limit: number): 'kind' | 'size' | null {
  if (file.type && !ACCEPTED.test(file.type)) return 'kind'
  return file.size > limit && !DRAWN.test(file.type) ? 'size' : null
}

export function fit(width: number, height: number, side = LONG_SIDE): [number, number] {
  const share = Math.min(1, side / Math.max(width, height))
  return [Math.max(1, Math.round(width * share)), Math.max(1, Math.round(height * share))]
}

/** The file as it will be sent. */
export async function prepare(file: File): Promise<Prepared> {
  if (!DRAWN.test(file.type)) return { blob: file, name: file.name }
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
    const [width, height] = fit(picture.width, picture.height)
    const canvas = document.createElement('canvas')
    canvas.width = width
    canvas.height = height
    canvas.getContext('2d')!.drawImage(picture, 0, 0, width, height)
    picture.close()
    // Screenshots stay sharp as PNG; photographs become JPEG.
    const mime = file.type === 'image/png' && file.size < 4e6 ? 'image/png' : 'image/jpeg'
    const blob = await new Promise<Blob | null>((made) => canvas.toBlob(made, mime, 0.85))
    if (!blob) return { blob: file, name: file.name }
    const ending = mime === 'image/png' ? '.png' : '.jpg'
    return { blob, name: (file.name || 'picture').replace(/\.\w+$/, '') + ending }
  } catch {
    return { blob: file, name: file.name }
  }
}
