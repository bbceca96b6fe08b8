import { readFile } from 'node:fs/promises'
import { mergeSpecs } from '../environment/merge.js'
import type { Spec, Specs } from '../environment/specs.js'
import type { Inputs } from '../inputs.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import { solverReport, type Laboratory, type Steering } from './run.js'
import { parseSolves, type HeldBack, type Move } from './solver-report.js'

/** How the steering of a solve went. */
export interface Steered {
  readonly update: Inputs['steering']['update']
  /** The time that `exclude-newer` meant in this run. */
  readonly cutoff: Date | undefined
  /** Packages of the old lock that could not keep their record. */
  readonly moves: readonly (Move & {
    /** The spec of an environment file that is the reason, if one is. */
    readonly named: Pick<Spec, 'text' | 'file' | 'line'> | undefined
  })[]
  readonly heldBack: readonly HeldBack[]
}

/** Nothing is known of what steered a solve, or nothing did. */
export const NOT_STEERED: Steered = { update: 'all', cutoff: undefined, moves: [], heldBack: [] }

/**
 * What the inputs mean in this run.
 * @param now what an age in `exclude-newer` is counted back from
 */
export function steer({ steering, platforms }: Inputs, previous: UnifiedLock | undefined, now: Date): Steering {
  const kept = steering.update === 'minimal' ? (previous?.packages ?? []) : []
  const conda = kept.filter(({ manager }) => manager === 'conda')
  return {
    ...steering,
    locked: new Map(
      platforms.map(platform => [platform, conda.filter(pin => pin.platform === platform).map(pin => pin.url)])
    ),
    cutoff: steering.excludeNewer?.at(now)
  }
}

/** Reads what the built-in solver reports; another conda reports nothing. */
export async function readSteered(
  laboratory: Laboratory,
  { update, cutoff }: Steering,
  { specs }: Specs
): Promise<Steered> {
  const solves = parseSolves(await readFile(solverReport(laboratory), 'utf8').catch(() => ''))
  const merged = mergeSpecs(specs).specs.filter(({ manager }) => manager === 'conda')
  const named = ({ platform, name, reason }: Move) => {
    const spec = merged.find(merged => merged.platform === platform && merged.name === name)
    return reason.kind === 'spec' && spec ? { text: spec.text, file: spec.file, line: spec.line } : undefined
  }
  return {
    update,
    cutoff,
    moves: solves.flatMap(({ moves }) => moves).map(move => ({ ...move, named: named(move) })),
    heldBack: solves.flatMap(({ heldBack }) => heldBack)
  }
}
