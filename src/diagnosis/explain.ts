import { specName, type Spec } from '../environment/specs.js'
import { combine, inLineOrder, SyncError } from '../common/errors.js'
import { enumerate } from '../common/sentences.js'
import { pypiName } from '../environment/pypi-name.js'
import { formatChain, parseChains } from './chains.js'
import { emptyPlatform, tooLarge, undated, unknownChannel, unreachable } from './explain-channel.js'
import { describeSpec, findSpec, lastFilesSpec, placeOf, type SolveContext } from './places.js'
import type { Conflict, Invalid, SolverFailure, TooNew, Unmatched } from '../lock/solver-report.js'

/** The error, or several, that tells a failed solve: which named spec is the cause, where it stands, what to do. */
export function explainFailure(failure: SolverFailure, situation: SolveContext): SyncError {
  switch (failure.kind) {
    case 'missing-package':
      return failure.empty
        ? emptyPlatform(failure.missing, situation)
        : combine(inLineOrder(failure.missing.map(name => missing(name, failure.near.get(name) ?? [], situation))))
    case 'unmatched':
      return combine(failure.unmatched.map(entry => unmatched(entry, situation)))
    case 'conflict':
      return failure.conflicts.length === 0
        ? conflict({ specs: [], message: failure.message }, situation)
        : combine(failure.conflicts.map(entry => conflict(entry, situation)))
    case 'invalid-spec':
      return combine(failure.invalid.map(entry => invalid(entry, situation)))
    case 'too-new':
      return combine(inLineOrder(failure.tooNew.map(entry => tooNew(entry, situation))))
    case 'undated-channel':
      return undated(failure.url, situation)
    case 'unknown-channel':
      return unknownChannel(failure.entry, situation)
    case 'invalid-upgrade':
      return new SyncError('input', `Input \`upgrade\`: the solver cannot read \`${failure.entry}\`.`, {
        hint: 'Write a name, or a spec as in an environment file, such as `openssl>=3.5.4` or `xarray>=2025.9,<2026`.'
      })
    case 'channel':
      return unreachable(failure, situation)
    case 'too-large':
      return tooLarge(failure.url, situation)
    case 'internal':
      return new SyncError('solve', `The solver failed on ${situation.platform}, which is a defect of it.`, {
        hint: 'The log has its own words: report it with that log.',
        place: placeOf(lastFilesSpec(situation.specs, situation))
      })
  }
}

function missing(name: string, near: readonly string[], situation: SolveContext): SyncError {
  const spec = findSpec(situation, name)
  const similar = near.length === 0 ? '' : ` They have ${enumerate(near.map(quoted), 'or')}.`
  return new SyncError('solve', `None of the channels has \`${name}\` for ${situation.platform}.${similar}`, {
    hint: missingHint(name, near, spec, situation.onPypi.has(name)),
    place: placeOf(spec)
  })
}

function missingHint(name: string, near: readonly string[], spec: Spec | undefined, isOnPypi: boolean): string {
  const [first = ''] = near
  if (pypiName(first) === pypiName(name)) return `Write \`${first}\`.`
  const where =
    spec === undefined
      ? ''
      : ` in ${spec.file}: replace \`- ${spec.text}\` by \`- pip:\` with \`- ${pipSpec(spec)}\` under it`
  const move = `move it to the \`pip:\` section${where}.`
  if (near.length > 0) {
    return isOnPypi
      ? `Write the name that you mean; PyPI has \`${name}\`, so if that is it, ${move}`
      : 'Correct the name, or remove the line.'
  }
  return isOnPypi
    ? `PyPI has it, so ${move}`
    : 'Correct the name, add the channel that has it to `channels:`, or remove the line.'
}

/** A conda spec as pip writes it, as far as the two languages agree. */
function pipSpec({ name, version }: Spec): string {
  if (version === '' || version === '*') return name
  return /^[\d.]+\*?$/.test(version) ? `${name}==${version}` : `${name}${version.replaceAll(' ', '')}`
}

function unmatched({ spec: text, name, versions, builds }: Unmatched, situation: SolveContext): SyncError {
  const { platform } = situation
  const spec = findSpec(situation, name)
  const place = placeOf(spec)
  if (name.startsWith('__')) {
    return new SyncError(
      'solve',
      `The environment asks for \`${text}\`, but is locked for ${name} ${enumerate(versions, 'or')}.`,
      {
        hint: virtualHint(situation),
        place
      }
    )
  }
  const written = quoted(spec?.text ?? text)
  if (builds.length > 0) {
    return new SyncError('solve', `The channels have no build of ${written} for ${platform}.`, {
      hint: `Builds of that version are ${codeList(builds)}.`,
      place
    })
  }
  return new SyncError('solve', `The channels have no version of \`${name}\` for ${platform} that ${written} allows.`, {
    hint: `Ask for one that exists; the newest are ${codeList(versions)}.`,
    place
  })
}

function virtualHint({ machines: { cuda, virtualPackages } }: SolveContext): string {
  const assumed =
    virtualPackages !== undefined
      ? `here they are those of ${quoted(virtualPackages)}`
      : cuda === undefined
        ? 'conda-lock takes glibc 2.28, Linux 5.10 and CUDA 11.4 for Linux'
        : `conda-lock takes glibc 2.28 and Linux 5.10 for Linux, and the input \`cuda\` says ${quoted(cuda)}`
  return `Virtual packages stand for what the machine has: ${assumed}. Choose a version or a build that needs no more, or say what your machines have with the input \`virtual-packages\` or, for CUDA, \`cuda\`.`
}

function tooNew({ spec: text, name, version, uploaded }: TooNew, situation: SolveContext): SyncError {
  const spec = findSpec(situation, name)
  const when =
    uploaded === undefined
      ? 'of which the channel does not say when it was uploaded'
      : `uploaded on ${uploaded.slice(0, 10)}`
  return new SyncError(
    'solve',
    `\`exclude-newer\` holds back everything for ${situation.platform} that \`${spec?.text ?? text}\` allows; the newest is \`${name} ${version}\`, ${when}.`,
    { hint: `Loosen the spec, or name \`${name}\` in \`exclude-newer-exempt\`.`, place: placeOf(spec) }
  )
}

const HELD_BACK = /uploaded after the cutoff date|has no timestamp/

function conflict({ specs: texts, message }: Conflict, situation: SolveContext): SyncError {
  const { platform } = situation
  const specs = texts.map(text => findSpec(situation, specName(text)))
  const last = lastFilesSpec(specs, situation)
  const chains = parseChains(message)
  const virtual = chains.flat().find(link => link.startsWith('__'))
  const ways = chains.map(formatChain).join('; ')
  if (virtual !== undefined) {
    const wanted = texts.map((text, index) => quoted(specs[index]?.text ?? text)).join(', ')
    return new SyncError(
      'solve',
      `${wanted} cannot be installed on ${platform}, because it needs \`${virtual}\`: ${ways}.`,
      {
        hint: virtualHint(situation),
        place: placeOf(last)
      }
    )
  }
  const named = texts.map((text, index) => {
    const spec = specs[index]
    return spec === undefined ? quoted(text) : describeSpec(spec)
  })
  const hint = named.length > 1 ? 'Loosen or remove one of them.' : 'Loosen or remove this spec.'
  const what =
    named.length > 1
      ? `${enumerate(named)} exclude each other on ${platform}`
      : `${named[0] ?? 'The environment'} cannot be installed on ${platform}`
  return new SyncError('solve', `${what}${ways === '' ? '' : `: ${ways}`}.`, {
    hint: HELD_BACK.test(message) ? `${hint} Or name what is held back in \`exclude-newer-exempt\`.` : hint,
    place: placeOf(last)
  })
}

function invalid({ spec: text }: Invalid, situation: SolveContext): SyncError {
  const spec = findSpec(situation, specName(text))
  return new SyncError('environment', `The solver cannot read the spec \`${spec?.text ?? text}\`.`, {
    hint: 'Write it as `name`, `name=1.2` or `name>=1.2,<2`.',
    place: placeOf(spec)
  })
}

function codeList(items: readonly string[]): string {
  return items.map(quoted).join(', ')
}

function quoted(text: string): string {
  return `\`${text}\``
}
