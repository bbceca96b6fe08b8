import { readFile } from 'node:fs/promises'
import { mergeSpecs } from '../environment/merge.js'
import type { Spec, Specs } from '../environment/specs.js'
import type { Inputs } from '../inputs/inputs.js'
import { solverReport, type LockRequest, type LockRun } from './run.js'
import { parseSolves, type HeldBack, type Move } from './solver-report.js'

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

/** Reads what the built-in solver reports; another conda reports nothing. */
export async function readSteeringResult(
  run: LockRun,
  { inputs, cutoff }: LockRequest,
  { specs }: Specs
): Promise<SteeringResult> {
  const solves = parseSolves(await readFile(solverReport(run), 'utf8').catch(() => ''))
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
