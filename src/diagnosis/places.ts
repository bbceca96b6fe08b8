import type { Inputs } from '../inputs/inputs.js'
import type { Environment } from '../environment/parse.js'
import type { Spec } from '../environment/specs.js'
import type { Place } from '../common/errors.js'
import { withoutAccess } from '../common/urls.js'

/** What an explanation can draw on. */
export interface SolveContext {
  /** Of the solve. */
  readonly platform: string
  /** The merged specs. */
  readonly specs: readonly Spec[]
  readonly environments: readonly Environment[]
  /** Which of these names PyPI has. */
  readonly onPypi: ReadonlySet<string>
  /** The inputs that say what the machines have. */
  readonly machines: Pick<Inputs['steering'], 'cuda' | 'virtualPackages'>
}

/** The conda spec that asks for a package; undefined if nobody has named it. */
export function findSpec({ specs, platform }: SolveContext, name: string): Spec | undefined {
  return specs.find(spec => spec.manager === 'conda' && spec.name === name && spec.platform === platform)
}

/** Where a spec stands. */
export function placeOf(spec: Spec | undefined): Place | undefined {
  return spec && { file: spec.file, line: spec.line }
}

/** A spec as it is written, and where: `xarray<2025` (environment.yml, line 5). */
export function describeSpec({ text, file, line }: Spec): string {
  return `\`${text}\` (${file}, line ${line})`
}

/** The one that stands in the last file, which is the reader's own. */
export function lastFilesSpec(specs: readonly (Spec | undefined)[], { environments }: SolveContext): Spec | undefined {
  const rank = (spec: Spec) => environments.findIndex(({ file }) => file === spec.file)
  const found = specs.filter(spec => spec !== undefined)
  return found.toSorted((left, right) => rank(left) - rank(right)).at(-1)
}

/**
 * Where the channel is named that an address belongs to, in `channels:` or before `::`; the last file, as the one that a reader
 * can edit. Of `conda-forge` and `conda-forge/label/dev` the address says which.
 */
export function placeOfChannel(
  url: string,
  { environments, specs = [] }: Pick<SolveContext, 'environments'> & Partial<SolveContext>
): Place | undefined {
  const listed = environments.flatMap(environment =>
    environment.channels.map(channel => ({
      channel,
      place: { file: environment.file, line: environment.channelLine(channel) }
    }))
  )
  const asked = specs.flatMap(spec => (spec.channel === '' ? [] : [{ channel: spec.channel, place: placeOf(spec) }]))
  const [found] = [...asked, ...listed]
    .filter(({ channel }) => isOf(channel, url))
    .toReversed()
    .toSorted((left, right) => right.channel.length - left.channel.length)
  return found?.place
}

/** Whether a channel has an address, which the solver tells without the credentials in it. */
function isOf(channel: string, url: string): boolean {
  if (channel === 'defaults') return url.startsWith(DEFAULTS)
  return url.includes(`/${channel}/`) || withoutAccess(url).startsWith(withoutAccess(channel))
}

const DEFAULTS = 'https://repo.anaconda.com/pkgs/'
