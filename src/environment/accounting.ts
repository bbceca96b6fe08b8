import type { Platform } from '../lockfile/platforms.js'
import type { Entry } from './entries.js'
import type { Merge } from './merge.js'
import type { Environment } from './parse.js'
import { KNOWN_SELECTORS } from './selectors.js'
import type { Spec, SpecPlace, Specs } from './specs.js'

/** What becomes of an entry of an environment file. */
export type EntryState =
  /** conda-lock reads it as it is. */
  | { readonly kind: 'counts' }
  /** `name:` and `prefix:`, by which conda calls what it makes and where, and which no lock has. */
  | { readonly kind: 'label' }
  /** conda-lock reads it, but for these parts of its text. */
  | { readonly kind: 'partly'; readonly unread: readonly string[] }
  /** conda-lock takes the other spec for this package. */
  | { readonly kind: 'replaced'; readonly by: Spec }
  /** Its selector or its marker is for other platforms than those that are locked. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'ignored'; readonly why: Ignored; readonly selector: string }

/**
 * Why conda-lock passes an entry over: `platforms:`, for which the input counts; another key that it does not read; a section
 * of dependencies that is not `pip:`; one with nothing in it; an editable package; brackets in a comment that it takes for a
 * selector and does not know.
 */
export type Ignored = (typeof IGNORED)[number]
export const IGNORED = ['platforms', 'key', 'section', 'empty', 'editable', 'brackets'] as const

/** An entry, and what becomes of it. */
export interface Account {
  readonly entry: Entry
  readonly state: EntryState
}

/** The keys that conda-lock 4.0.3 reads (its src_parser/environment_yaml.py). */
const KEYS = ['channels', 'dependencies', 'category', 'pip-repositories', 'allow-pypi-requests']

const LABELS = ['name', 'prefix']

/** An entry that counts on one platform counts; the others are in the order of what there is to say. */
const ORDER: readonly EntryState['kind'][] = ['partly', 'counts', 'label', 'replaced', 'ignored', 'elsewhere']

/** What becomes of each entry of a file, in the order of its lines. */
export function accountFor(environment: Environment, read: SpecIndex, platforms: readonly Platform[]): Account[] {
  const isAgreed = JSON.stringify([...environment.platforms].sort()) === JSON.stringify([...platforms].sort())
  return environment.entries.map(entry => {
    if (isAgreed && entry.kind === 'key' && entry.text === 'platforms') return { entry, state: { kind: 'counts' } }
    const states = platforms.map(platform => stateOn(platform, entry, environment.file, read))
    const state = ORDER.flatMap(kind => states.filter(other => other.kind === kind))[0] ?? { kind: 'elsewhere' }
    return { entry, state }
  })
}

/** What becomes of an entry on one platform. */
export function stateOn(platform: Platform, entry: Entry, file: string, read: SpecIndex): EntryState {
  switch (entry.kind) {
    case 'key':
      return stateOfKey(entry)
    case 'channel':
    case 'index':
      return stateOfSetting(entry)
    case 'section':
      if (entry.text !== 'pip') return ignored('section')
      return entry.isEmpty ? ignored('empty') : onPlatform(entry, platform, () => ({ kind: 'counts' }))
    case 'spec':
    case 'requirement':
      return onPlatform(entry, platform, place => read.stateOf({ file, platform, place }))
  }
}

type EntryPlace = Omit<SpecPlace, 'line'>

/** What conda-lock has read, by where it stands. */
export interface SpecIndex {
  stateOf(place: EntryPlace): EntryState
}

/** Looks up what conda-lock has read, and which spec of several it takes. */
export function indexSpecs({ specs, skipped }: Specs, merge: Merge): SpecIndex {
  const whereKey = ({ file, platform, place }: EntryPlace) => JSON.stringify([file, platform, place])
  const packageKey = ({ platform, manager, name }: Spec) => JSON.stringify([platform, manager, name])
  const winners = new Map(merge.specs.map(spec => [packageKey(spec), spec]))
  const states = new Map(
    specs
      .filter(({ implied }) => !implied)
      .map(spec => [whereKey(spec), stateOfSpec(spec, winners.get(packageKey(spec)))])
  )
  for (const entry of skipped) {
    states.set(whereKey(entry), entry.why === 'editable' ? ignored('editable') : { kind: 'elsewhere' })
  }
  return {
    stateOf: where => {
      const state = states.get(whereKey(where))
      // A file with an entry that nobody can read is refused, and not accounted for.
      if (state === undefined) throw new Error(`nothing is known of the entry ${whereKey(where)}`)
      return state
    }
  }
}

function stateOfSpec(spec: Spec, winner: Spec | undefined): EntryState {
  if (winner !== undefined && winner !== spec) return { kind: 'replaced', by: winner }
  return spec.unread.length === 0 ? { kind: 'counts' } : { kind: 'partly', unread: spec.unread }
}

function ignored(why: Ignored, selector = ''): EntryState {
  return { kind: 'ignored', why, selector }
}

function stateOfKey(entry: Entry): EntryState {
  if (LABELS.includes(entry.text)) return { kind: 'label' }
  if (entry.text === 'platforms') return ignored('platforms')
  if (!KEYS.includes(entry.text)) return entry.isAnchor ? { kind: 'counts' } : ignored('key')
  return entry.text === 'dependencies' ? { kind: 'counts' } : stateOfSetting(entry)
}

/** conda-lock looks for selectors among the dependencies alone. */
function stateOfSetting({ selector }: Entry): EntryState {
  return selector !== undefined && KNOWN_SELECTORS.includes(selector)
    ? { kind: 'partly', unread: [`# [${selector}]`] }
    : { kind: 'counts' }
}

function onPlatform(
  { places, selector }: Entry,
  platform: Platform,
  read: (place: readonly number[]) => EntryState
): EntryState {
  const place = places.get(platform)
  if (place !== undefined) return read(place)
  return selector === undefined || KNOWN_SELECTORS.includes(selector)
    ? { kind: 'elsewhere' }
    : ignored('brackets', selector)
}
