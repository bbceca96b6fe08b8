import type { Environment } from '../environment/parse.js'
import type { Spec } from '../environment/specs.js'
import { combine, SyncError, type Place } from '../errors.js'
import { formatChain, parseChains } from './chains.js'
import type { Conflict, SolverFailure, TooNew, Unmatched } from './solver-report.js'

/** What an explanation can draw on. */
export interface Situation {
  /** The merged specs. */
  readonly specs: readonly Spec[]
  readonly environments: readonly Environment[]
  /** Which of these names PyPI has. */
  readonly onPypi: ReadonlySet<string>
}

/** The error, or several, that tells a failed solve: which named spec is the cause, where it stands, what to do. */
export function explain(failure: SolverFailure, situation: Situation): SyncError {
  switch (failure.kind) {
    case 'missing-package':
      return failure.empty
        ? emptyPlatform(failure.platform)
        : combineInOrder(
            failure.missing.map(name => missing(name, failure.near[name] ?? [], failure.platform, situation))
          )
    case 'unmatched':
      return combine(failure.unmatched.map(entry => unmatched(entry, failure.platform, situation)))
    case 'conflict':
      return failure.conflicts.length === 0
        ? conflict({ specs: [], message: failure.message }, failure.platform, situation)
        : combine(failure.conflicts.map(entry => conflict(entry, failure.platform, situation)))
    case 'invalid-spec':
      return combine(failure.invalid.map(entry => invalid(entry.spec, entry.message, failure.platform, situation)))
    case 'too-new':
      return combineInOrder(failure.tooNew.map(entry => tooNew(entry, failure.platform, situation)))
    case 'undated-channel':
      return undated(failure.url, situation)
    case 'channel':
      return unreachable(failure.url, failure.status, failure.message, situation)
    case 'internal':
      return new SyncError('solve', `The solver failed on ${failure.platform}: ${failure.message}`, {
        hint: 'The log has all that it printed. If this stays, report it with that log.'
      })
  }
}

/** In the order of the lines, as a reader goes through a file. */
function combineInOrder(errors: readonly SyncError[]): SyncError {
  return combine(errors.toSorted((left, right) => (left.place?.line ?? 0) - (right.place?.line ?? 0)))
}

function emptyPlatform(platform: string): SyncError {
  return new SyncError('solve', `No channel has any package for ${platform}.`, {
    hint: 'Check `channels:` in the environment files, and `channel-alias`: a mirror may lack this platform.'
  })
}

function missing(name: string, near: readonly string[], platform: string, situation: Situation): SyncError {
  const spec = findSpec(situation, name, platform)
  const similar = near.length === 0 ? '' : ` They have ${oneOf(near.map(other => `\`${other}\``))}.`
  const move =
    spec === undefined
      ? ''
      : ` in ${spec.file}: replace \`- ${spec.text}\` by \`- pip:\` with \`- ${pipSpec(spec)}\` under it`
  const hint = situation.onPypi.has(name)
    ? `PyPI has it, so move it to the \`pip:\` section${move}.`
    : near.length > 0
      ? 'Correct the name, or remove the line.'
      : 'Correct the name, add the channel that has it to `channels:`, or remove the line.'
  return new SyncError('solve', `None of the channels has \`${name}\` for ${platform}.${similar}`, {
    hint,
    ...placeOf(spec)
  })
}

/** A conda spec as pip writes it, as far as the two languages agree. */
function pipSpec({ name, version }: Spec): string {
  if (version === '' || version === '*') return name
  return /^[\d.]+\*?$/.test(version) ? `${name}==${version}` : `${name}${version.replaceAll(' ', '')}`
}

function unmatched(
  { spec: text, name, versions, builds }: Unmatched,
  platform: string,
  situation: Situation
): SyncError {
  const spec = findSpec(situation, name, platform)
  const where = placeOf(spec)
  if (name.startsWith('__')) {
    return new SyncError(
      'solve',
      `The environment asks for \`${text}\`, but is locked for ${name} ${oneOf(versions)}.`,
      {
        hint: VIRTUAL_HINT,
        ...where
      }
    )
  }
  const written = `\`${spec?.text ?? text}\``
  if (builds.length > 0) {
    return new SyncError('solve', `The channels have no build of ${written} for ${platform}.`, {
      hint: `Builds of that version are ${list(builds)}.`,
      ...where
    })
  }
  return new SyncError('solve', `The channels have no version of \`${name}\` for ${platform} that ${written} allows.`, {
    hint: `Ask for one that exists; the newest are ${list(versions)}.`,
    ...where
  })
}

const VIRTUAL_HINT =
  'Virtual packages stand for what the machine has: conda-lock takes glibc 2.28, Linux 5.10 and CUDA 11.4 for Linux. Choose a version or a build that needs no more, or say what your machines have with the input `virtual-packages` or, for CUDA, `cuda`.'

function tooNew({ spec: text, name, version, uploaded }: TooNew, platform: string, situation: Situation): SyncError {
  const spec = findSpec(situation, name, platform)
  const when =
    uploaded === undefined
      ? 'of which the channel does not say when it was uploaded'
      : `uploaded on ${uploaded.slice(0, 10)}`
  return new SyncError(
    'solve',
    `\`exclude-newer\` holds back everything for ${platform} that \`${spec?.text ?? text}\` allows; the newest is \`${name} ${version}\`, ${when}.`,
    { hint: `Loosen the spec, or name \`${name}\` in \`exclude-newer-exempt\`.`, ...placeOf(spec) }
  )
}

function undated(url: string, situation: Situation): SyncError {
  return new SyncError(
    'solve',
    `The channel ${url} does not say when its packages were uploaded, so \`exclude-newer\` would hold back all of them.`,
    {
      hint: 'Leave out `exclude-newer` or the channel, or name in `exclude-newer-exempt` each package that you want from it: what has no time could be from today, so it is not let through unasked.',
      ...placeOfChannel(url, situation)
    }
  )
}

const HELD_BACK = /uploaded after the cutoff date|has no timestamp/

function conflict({ specs: texts, message }: Conflict, platform: string, situation: Situation): SyncError {
  const specs = texts.map(text => findSpec(situation, nameOf(text), platform))
  const last = lastFilesSpec(specs, situation)
  const chains = parseChains(message)
  const virtual = chains.flat().find(link => link.startsWith('__'))
  const ways = chains.map(formatChain).join('; ')
  if (virtual !== undefined) {
    const wanted = texts.map((text, index) => `\`${specs[index]?.text ?? text}\``).join(', ')
    return new SyncError(
      'solve',
      `${wanted} cannot be installed on ${platform}, because it needs \`${virtual}\`: ${ways}.`,
      {
        hint: VIRTUAL_HINT,
        ...placeOf(last)
      }
    )
  }
  const named = texts.map((text, index) => described(specs[index], text))
  const hint = named.length > 1 ? 'Loosen or remove one of them.' : 'Loosen or remove this spec.'
  const what =
    named.length > 1
      ? `${named.slice(0, -1).join(', ')} and ${named.at(-1) ?? ''} exclude each other on ${platform}`
      : `${named[0] ?? 'The environment'} cannot be installed on ${platform}`
  return new SyncError('solve', `${what}: ${ways === '' ? message : ways}.`, {
    hint: HELD_BACK.test(message) ? `${hint} Or name what is held back in \`exclude-newer-exempt\`.` : hint,
    ...placeOf(last)
  })
}

/** The one that stands in the last file, which is the reader's own. */
function lastFilesSpec(specs: readonly (Spec | undefined)[], { environments }: Situation): Spec | undefined {
  const rank = (spec: Spec) => environments.findIndex(({ file }) => file === spec.file)
  const found = specs.filter(spec => spec !== undefined)
  return found.toSorted((left, right) => rank(left) - rank(right)).at(-1)
}

function described(spec: Spec | undefined, text: string): string {
  return spec === undefined ? `\`${text}\`` : `\`${spec.text}\` (${spec.file}, line ${spec.line})`
}

function invalid(text: string, message: string, platform: string, situation: Situation): SyncError {
  const spec = findSpec(situation, nameOf(text), platform)
  return new SyncError('environment', `The solver cannot read the spec \`${spec?.text ?? text}\`: ${message}.`, {
    hint: 'Write it as `name`, `name=1.2` or `name>=1.2,<2`.',
    ...placeOf(spec)
  })
}

function unreachable(
  url: string | undefined,
  status: number | undefined,
  message: string,
  situation: Situation
): SyncError {
  const at = placeOfChannel(url ?? '', situation)
  const where = url === undefined ? 'A channel' : `The channel file ${url}`
  const retried = /failed after (\d+) retries/.test(message) ? ', also when tried again' : ''
  if (status === 401 || status === 403) {
    return new SyncError('solve', `${where} refuses access (status ${status}).`, {
      hint: 'A private channel needs credentials: check the variables that its address in `channels:` names.',
      ...at
    })
  }
  if (status === 404) {
    return new SyncError('solve', `${where} does not exist (status 404).`, {
      hint: 'Check the spelling in `channels:` of the environment files, and `channel-alias`.',
      ...at
    })
  }
  if (/parse|EOF|expected/.test(message) && status === undefined && retried === '') {
    return new SyncError('solve', `${where} is damaged: ${lastLine(message)}.`, {
      hint: 'It was cut off or is being rewritten: run the workflow again later, and tell whoever runs the channel if it stays.'
    })
  }
  const answer = status === undefined ? lastLine(message) : `status ${status}`
  return new SyncError('solve', `${where} could not be fetched${retried}: ${answer}.`, {
    ...at,
    hint: 'If `channels:` and `channel-alias` are right, the channel or the network is down: run the workflow again later.'
  })
}

/** Where the channel is named that an address belongs to; the last file, as the one that a reader can edit. */
function placeOfChannel(url: string, { environments }: Situation): { place?: Place } {
  const named = environments.findLast(({ channels }) =>
    channels.some(channel => url.includes(`/${channel}/`) || url.startsWith(channel))
  )
  return named === undefined ? {} : { place: { file: named.file, line: named.channelsLine } }
}

function lastLine(message: string): string {
  return (message.trim().split('\n').at(-1) ?? '').replace(/^Caused by: /, '')
}

function nameOf(spec: string): string {
  return /^(?:\S+::)?([^\s=<>!~[]+)/.exec(spec)?.[1]?.toLowerCase() ?? spec
}

function findSpec({ specs }: Situation, name: string, platform: string): Spec | undefined {
  return specs.find(spec => spec.manager === 'conda' && spec.name === name && spec.platform === platform)
}

function placeOf(spec: Spec | undefined): { place?: Place } {
  return spec === undefined ? {} : { place: { file: spec.file, line: spec.line } }
}

function list(items: readonly string[]): string {
  return items.map(item => `\`${item}\``).join(', ')
}

function oneOf(items: readonly string[]): string {
  return items.length > 1 ? `${items.slice(0, -1).join(', ')} or ${items.at(-1) ?? ''}` : (items[0] ?? '')
}
