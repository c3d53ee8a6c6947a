import { Act, Icon } from '../views/parts'
import { t } from '../words'
import { Preview, sizeOf } from './files'
import type { Prepared } from './pictures'
import { limitsOf, type Limits } from './tools'

interface TrayProps {
  files: Prepared[]
  set: (files: Prepared[]) => void
  limits: Limits
}

/** What will be sent with the next message, and the limits in words. */
export const Tray = ({ files, set, limits }: TrayProps) => (
  <>
    <ul class="tray">
      {files.map((file, i) => (
        <li>
          {/^image\//.test(file.blob.type) ? (
            <Preview blob={file.blob} name={file.name} />
          ) : (
            <Icon name="file" size={28} />
          )}
          <span>
            {file.name} <small>{sizeOf(file.blob.size)}</small>
          </span>
          <Act
            kind="ghost"
            icon="cross"
            label={t('attach.remove', { name: file.name })}
            onClick={() => set(files.filter((_, at) => at !== i))}
          />
        </li>
      ))}
    </ul>
    <p class="limits">{t('attach.limits', { n: limitsOf(limits).most, mb: limitsOf(limits).mb })}</p>
  </>
)
