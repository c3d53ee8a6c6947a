import { Act, Icon } from '../views/parts'
import { t } from '../words'
import { Preview, sizeOf } from './files'
import type { Prepared } from './pictures'
import type { Visit } from '../visit'
import { Quoting } from './quoting'
import { limitsOf, type Limits } from './tools'

interface TrayProps {
  files: Prepared[]
  set: (files: Prepared[]) => void
  visit: Visit
}

/** What will be sent with the next message: what it answers to, its files. */
export const Tray = ({ files, set, visit }: TrayProps) => (
  <>
    <Quoting visit={visit} />
    {files.length > 0 && <Files files={files} set={set} limits={visit.state.config?.limits} />}
  </>
)

interface FilesProps {
  files: Prepared[]
  set: (files: Prepared[]) => void
  limits: Limits
}

/** The files, and the limits in words. */
const Files = ({ files, set, limits }: FilesProps) => (
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
