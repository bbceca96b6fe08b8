import type { Platform } from '../lockfile/platforms.js'
import { parseConstraint } from '../lockfile/constraint.js'
import type { Environment } from './parse.js'
import { pypiName } from './pypi-name.js'

/** A package that an environment file asks for on a platform. */
export interface Wanted {
  readonly platform: Platform
  readonly manager: 'conda' | 'pip'
  /** Empty where the text does not say it, such as the address of a repository. */
  readonly name: string
  /** The version part, such as `>=2,<3`; empty or `*` for any, and where the text is not plain. */
  readonly version: string
  /** Build string, or a pattern for one. */
  readonly build: string
  /** Channel of `channel::name`, as it is written. */
  readonly channel: string
  /** As written. */
  readonly text: string
  readonly file: string
  readonly line: number
  /** Whether it may be left out: a marker has not been looked at. */
  readonly isOptional: boolean
}

/**
 * What files ask for, by their texts alone: conda-lock's own parser needs Python, which a job that publishes has not. It
 * says less than that parser, never something else: what is not plain counts as any version.
 * @param environments in the order of the merge; as for conda-lock, the last spec for a package counts
 */
export function readWanted(environments: readonly Environment[], platforms: readonly Platform[]): Wanted[] {
  return lastOfEach(environments.flatMap(environment => platforms.flatMap(platform => wantedOf(environment, platform))))
}

/** In conda-lock's order: the conda specs of a file first. */
function wantedOf(environment: Environment, platform: Platform): Wanted[] {
  const dependencies = environment.dependencies(platform)
  const at = (...place: readonly number[]) => ({
    platform,
    file: environment.file,
    line: environment.line(platform, place)
  })
  const specs = dependencies.flatMap((dependency, index) =>
    typeof dependency === 'string' ? [{ ...readSpec(dependency), ...at(index) }] : []
  )
  const sections = dependencies.flatMap((dependency, index) => {
    if (typeof dependency === 'string') return []
    const requirements = dependency.pip.flatMap((text, place) =>
      text.trimStart().startsWith('-') ? [] : [{ ...readRequirement(text), ...at(index, place) }]
    )
    // conda-lock asks for pip itself after each section, which replaces every earlier spec for it.
    return [...requirements, { ...ANY, manager: 'conda' as const, name: 'pip', text: 'pip', ...at(index) }]
  })
  return [...specs, ...sections]
}

function lastOfEach(wanted: readonly Wanted[]): Wanted[] {
  const key = ({ platform, manager, name, text }: Wanted) => `${platform} ${manager} ${name === '' ? ` ${text}` : name}`
  return [...new Map(wanted.map(each => [key(each), each])).values()]
}

type Text = Omit<Wanted, 'platform' | 'file' | 'line'>

const ANY = { version: '', build: '', channel: '', isOptional: false }

/** `[CHANNEL::]NAME`, and what follows. */
function readSpec(text: string): Text {
  const [written = ''] = text.split('#', 1)
  const colons = written.lastIndexOf('::')
  const channel = colons < 0 ? '' : written.slice(0, colons).trim()
  const spec = written.slice(colons < 0 ? 0 : colons + 2).trim()
  const name = /^[\w.-]+(?=$|[\s=<>!~[(])/.exec(spec)?.[0] ?? ''
  const constraint = parseConstraint(name === '' ? '' : spec.slice(name.length))
  return { ...ANY, ...constraint, manager: 'conda', name: name.toLowerCase(), channel, text }
}

/** `NAME[EXTRAS] SPECIFIERS; MARKER`, or `NAME @ ADDRESS`. */
function readRequirement(text: string): Text {
  const [written = '', marker] = text.split(';', 2)
  const name = /^[A-Za-z0-9][\w.-]*(?=$|[\s=<>!~(@[])/.exec(written.trim())?.[0] ?? ''
  const after = name === '' ? '' : written.trim().slice(name.length).trim()
  const rest = after.startsWith('[') ? after.slice(after.indexOf(']') + 1).trim() : after
  const [, version = ''] = /^\(?([\w\s.*+!<>=~,-]*)\)?$/.exec(rest) ?? []
  return {
    ...ANY,
    manager: 'pip',
    name: pypiName(name),
    version: version.trim(),
    isOptional: marker !== undefined,
    text
  }
}
