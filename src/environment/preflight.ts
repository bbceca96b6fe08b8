import { combine, SyncError, type Place } from '../common/errors.js'
import { uniteChannels } from './channels.js'
import { mergeSpecs, type Merge, type Overlap, type TwoManagers } from './merge.js'
import type { Environment } from './parse.js'
import type { BadSpec, Spec, Specs } from './specs.js'

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
 * @param onOverlap what to do if a spec gets lost
 * @throws SyncError of kind `environment` for what conda-lock would refuse, all at once
 */
export function checkMerge(
  environments: readonly Environment[],
  { specs, bad }: Specs,
  onOverlap: 'warn' | 'error'
): Preflight {
  if (bad.length > 0) throw combine(bad.map(unreadable))
  uniteChannels(environments)
  const merge = mergeSpecs(specs)
  const lost = merge.overlaps.filter(({ kind }) => kind === 'constraint' || kind === 'differs')
  if (onOverlap === 'error' && lost.length > 0) throw combine(lost.map(refused))
  return {
    merge,
    warnings: [
      ...environments.flatMap(tellIgnored),
      ...lost.map(overlap => ({ message: tellOverlap(overlap), place: placeOfSpec(overlap.winner) })),
      ...merge.twoManagers.map(pair => ({ message: tellTwoManagers(pair), place: placeOfSpec(pair.pip) }))
    ]
  }
}

function placeOfSpec({ file, line }: Spec | BadSpec): Place {
  return { file, line }
}

function unreadable(spec: BadSpec): SyncError {
  return new SyncError('environment', `conda-lock cannot read \`${spec.text}\`: ${spec.reason}.`, {
    hint: `Write it as \`name\`, \`name=1.2\` or \`name>=1.2,<2\` in ${spec.file}, line ${spec.line}.`,
    place: placeOfSpec(spec)
  })
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

function tellIgnored({ file, ignored }: Environment): Warning[] {
  return ignored.map(({ text, line }) => ({
    message: `conda-lock ignores \`${text}:\` here, because it is a section and not a spec. Write \`${text}=VERSION\` without a colon, or remove it.`,
    place: { file, line }
  }))
}

function tellTwoManagers({ conda, pip }: TwoManagers): string {
  return `\`${pip.text}\` comes from pip here and \`${conda.text}\` from conda (${conda.file}, line ${conda.line}): pip's gets installed over conda's. Remove one of them.`
}
