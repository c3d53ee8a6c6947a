import { Run } from '../views/parts'
import { blocks } from './blocks'

/** What the digital agent wrote: the Markdown subset. */
export const Rich = ({ text }: { text: string }) => (
  <div class="rich">
    {blocks(text).map((block) =>
      'items' in block ? (
        <block.kind start={block.kind === 'ol' ? block.start : undefined}>
          {block.items.map((item) => (
            <li>
              <Run parts={item} />
            </li>
          ))}
        </block.kind>
      ) : (
        <p class={block.kind === 'h' ? 'h' : undefined}>
          {block.lines.map((line, i) => (
            <>
              {i > 0 && <br />}
              <Run parts={line} />
            </>
          ))}
        </p>
      ),
    )}
  </div>
)
