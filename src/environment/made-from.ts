import { createHash } from 'node:crypto'
import { inputsHash, type SolveSettings } from './inputs-hash.js'
import type { Environment } from './parse.js'

/** What a lockfile remembers of what it was made from, as flat texts for its `custom_metadata`. */
export type MadeFrom = Readonly<Record<string, string>>

/** Something that is not as it was when a lockfile was made. */
export type InputChange =
  | { readonly kind: 'setting'; readonly input: string; readonly before: string; readonly now: string }
  | { readonly kind: 'edited' | 'added' | 'removed'; readonly file: string }

const SETTING = 'setting-'
const FILE = 'specs-of-'

/** The inputs of the action that each setting comes from, and its value as one line; empty for the default. */
const SETTINGS: Readonly<Record<keyof SolveSettings, readonly [input: string, show: (from: SolveSettings) => string]>> =
  {
    platforms: ['platforms', ({ platforms }) => platforms.join(', ')],
    channelAlias: ['channel-alias', ({ channelAlias }) => withoutCredentials(channelAlias)],
    lookup: ['pypi-lookup-file', ({ lookup }) => lookup ?? ''],
    solver: ['conda-executable', ({ solver }) => solver],
    excludeNewer: ['exclude-newer', ({ excludeNewer }) => excludeNewer ?? ''],
    exempt: ['exclude-newer-exempt', ({ exempt }) => (exempt ?? []).join(', ')],
    virtualPackages: [
      'virtual-packages',
      ({ virtualPackages }) => (virtualPackages === undefined ? '' : sha256(JSON.stringify(virtualPackages)))
    ],
    cuda: ['cuda', ({ cuda }) => cuda ?? '']
  }

/**
 * What there is to remember: each setting that is not empty, and a hash of what each file asks for.
 * @param environments by the name that the lockfile has for the file
 */
export function madeFrom(environments: readonly (readonly [string, Environment])[], settings: SolveSettings): MadeFrom {
  const shown = Object.values(SETTINGS).map(([input, show]) => [`${SETTING}${input}`, show(settings)] as const)
  const alone = { platforms: settings.platforms, channelAlias: '', lookup: undefined, solver: '' }
  return Object.fromEntries([
    ...shown.filter(([, text]) => text !== ''),
    ...environments.map(([name, environment]) => [`${FILE}${name}`, inputsHash([environment], alone)] as const)
  ])
}

/** Whether a file asks for something else than the lockfile remembers of it; undefined where that cannot be told. */
export function asksForSomethingElse(
  before: MadeFrom,
  name: string,
  environment: Environment,
  settings: SolveSettings
): boolean | undefined {
  const now = madeFrom([[name, environment]], settings)
  const [old, platforms] = [before[`${FILE}${name}`], `${SETTING}platforms`]
  return old === undefined || before[platforms] !== now[platforms] ? undefined : old !== now[`${FILE}${name}`]
}

/**
 * What has changed since a lockfile was made; nothing is known of one that remembers nothing, as those of earlier versions do.
 * @param before its `custom_metadata`
 */
export function changedInputs(before: MadeFrom, now: MadeFrom): InputChange[] {
  const platforms = `${SETTING}platforms`
  if (before[platforms] === undefined) return []
  const settings = Object.values(SETTINGS).flatMap(([input]): InputChange[] => {
    const [old = '', next = ''] = [before[`${SETTING}${input}`], now[`${SETTING}${input}`]]
    return old === next ? [] : [{ kind: 'setting', input, before: old, now: next }]
  })
  // For other platforms every file asks for something else.
  return before[platforms] === now[platforms] ? [...settings, ...changedFiles(before, now)] : settings
}

function changedFiles(before: MadeFrom, now: MadeFrom): InputChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(key => key.startsWith(FILE))
  return keys.flatMap((key): InputChange[] => {
    const file = key.slice(FILE.length)
    if (before[key] === now[key]) return []
    if (before[key] === undefined) return [{ kind: 'added', file }]
    return [{ kind: now[key] === undefined ? 'removed' : 'edited', file }]
  })
}

/** The text goes into a file that is committed. */
function withoutCredentials(url: string): string {
  return url.replace(/(?<=:\/\/)[^/]+@/, '***@').replace(/(?<=\/t\/)[^/]+/, '***')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
