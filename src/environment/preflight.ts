import { combine, SyncError, type Place } from '../common/errors.js'
import { checkIndexes, uniteChannels } from './channels.js'
import { findFaults } from './faults.js'
import { mergeSpecs, type Merge, type Overlap, type TwoManagers } from './merge.js'
import type { Inputs } from '../inputs/inputs.js'
import type { Environment } from './parse.js'
import type { Spec, Specs } from './specs.js'

/** Something about the merge that conda-lock would not say. */
export interface Warning {
  readonly message: string
  readonly place: Place
}

export interface Preflight {
  readonly merge: Merge
  readonly warnings: readonly Warning[]
}

/**
 * Says, before a solve takes any time, what conda-lock does silently when it merges files.
 * @throws SyncError of kind `environment` for what cannot be locked, all at once, or for specs that get lost, if
 * `onOverlap` says so
 */
export function checkMerge(
  environments: readonly Environment[],
  specs: Specs,
  { onOverlap, channelAlias }: Pick<Inputs, 'onOverlap' | 'channelAlias'>
): Preflight {
  const faults = findFaults(environments, specs, channelAlias)
  if (faults.length > 0) throw combine(faults)
  uniteChannels(environments, channelAlias)
  checkIndexes(environments)
  const merge = mergeSpecs(specs.specs)
  const lost = merge.overlaps.filter(({ kind }) => kind === 'constraint' || kind === 'differs')
  if (onOverlap === 'error' && lost.length > 0) throw combine(lost.map(refused))
  return {
    merge,
    warnings: [
      ...lost.map(overlap => ({ message: tellOverlap(overlap), place: placeOfSpec(overlap.winner) })),
      ...merge.twoManagers.map(pair => ({ message: tellTwoManagers(pair), place: placeOfSpec(pair.pip) }))
    ]
  }
}

function placeOfSpec({ file, line }: Spec): Place {
  return { file, line }
}

function refused(overlap: Overlap): SyncError {
  return new SyncError('environment', tellOverlap(overlap), {
    hint: 'Remove one of the two, or set `on-overlap: warn`.',
    place: placeOfSpec(overlap.winner)
  })
}

/** Who wins, and what is lost. */
function tellOverlap({ kind, winner, losers, name }: Overlap): string {
  const lost = losers
    .filter(loser => loser.identity !== winner.identity)
    .map(loser => `\`${loser.text}\` (${loser.file}, line ${loser.line})`)
    .join(' and ')
  if (winner.implied) {
    return `The \`pip:\` section in ${winner.file} makes conda-lock ask for any \`pip\`, so ${lost} has no effect.`
  }
  if (kind === 'constraint') {
    return `\`${winner.text}\` in ${winner.file} allows any \`${name}\`, so ${lost} has no effect: conda-lock takes the last spec alone. Repeat the constraint here, or remove this line.`
  }
  return `\`${winner.text}\` in ${winner.file} replaces ${lost}: conda-lock takes the last spec alone.`
}

function tellTwoManagers({ conda, pip }: TwoManagers): string {
  return `\`${pip.text}\` comes from pip here and \`${conda.text}\` from conda (${conda.file}, line ${conda.line}): pip's gets installed over conda's. Remove one of them.`
}
