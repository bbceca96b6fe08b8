import { mergeSpecs } from '../environment/merge.js'
import type { Spec, Specs } from '../environment/specs.js'
import type { Inputs } from '../inputs/inputs.js'
import type { LockRequest } from './run.js'
import type { HeldBack, Move, SolveReport } from './solver-report.js'

/** What the inputs that steer a solve have done. */
export interface SteeringResult {
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
export const NO_STEERING: SteeringResult = { update: 'all', cutoff: undefined, moves: [], heldBack: [] }

/** What the built-in solver's reports come to; another conda reports nothing. */
export function steeringResult(
  solves: readonly SolveReport[],
  { inputs, cutoff }: LockRequest,
  { specs }: Specs
): SteeringResult {
  const merged = mergeSpecs(specs).specs.filter(({ manager }) => manager === 'conda')
  const named = ({ platform, name, reason }: Move) => {
    const spec = merged.find(other => other.platform === platform && other.name === name)
    return reason.kind === 'spec' && spec ? { text: spec.text, file: spec.file, line: spec.line } : undefined
  }
  return {
    update: inputs.steering.update,
    cutoff,
    moves: solves.flatMap(({ moves }) => moves).map(move => ({ ...move, named: named(move) })),
    heldBack: solves.flatMap(({ heldBack }) => heldBack)
  }
}
