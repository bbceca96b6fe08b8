import {
  constructFromEvents,
  EVENT_ID,
  FAILSAFE_SCHEMA,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
  type Event
} from 'js-yaml'
import { LOCKFILE_LIMITS, refuseMore } from './limits.js'

/**
 * Reads YAML that conda-lock has written: lists and mappings of texts, without aliases, anchors, tags and merge keys, so that a
 * value is never larger than what is written. Every scalar is read as text. It is for lockfiles because it takes 0.13 s of CPU for
 * Pangeo's of four platforms (3,000 packages), and `yaml` 0.9 s.
 * @throws Error with one line that says what is wrong, and in which line
 */
export function loadPlain(text: string): unknown {
  refuseMore(text, LOCKFILE_LIMITS)
  try {
    const events = parseEvents(text, { maxDepth: LOCKFILE_LIMITS.depth })
    for (const event of events) refuseSpecial(text, event)
    const [document, ...others] = constructFromEvents(events, { source: text, schema: FAILSAFE_SCHEMA })
    if (document === undefined) throw new Error('it is empty')
    if (others.length > 0) throw new Error('it has several documents')
    return document
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const line = error.mark === undefined ? '' : `, in line ${error.mark.line + 1}`
    throw new Error(`${error.reason}${line}`, { cause: error })
  }
}

/** @throws YAMLException that knows the place */
function refuseSpecial(text: string, event: Event): void {
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return
  if (event.anchorStart >= 0) refuse(text, event.anchorStart, 'an anchor or an alias')
  if (event.type === EVENT_ID.ALIAS) return
  if (event.tagStart >= 0) refuse(text, event.tagStart, 'a tag')
  if (event.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.PLAIN) return
  const { valueStart, valueEnd } = event
  // PyYAML, which conda-lock reads with, would merge what stands under it.
  if (valueEnd - valueStart === MERGE.length && text.startsWith(MERGE, valueStart))
    refuse(text, valueStart, 'a merge key')
}

const MERGE = '<<'

function refuse(text: string, position: number, what: string): never {
  return YAMLException.throwAt(text, position, `it has ${what}, which conda-lock never writes`)
}
