import { mergeSpecs } from '../environment/merge.js'
import { specName, type Spec, type Specs } from '../environment/specs.js'
import { pypiName } from '../environment/pypi-name.js'
import type { Inputs } from '../inputs/inputs.js'
import type { LockRequest } from './request.js'
import type { HeldBack, Move, SolveReport, Upgrade } from './solver-report.js'

/** What the inputs that steer a solve have done. */
export interface SteeringResult {
  readonly update: Inputs['steering']['update']
  /** The lines of `exclude-newer`, and the times that they meant in this run; none for `none`. */
  readonly cooldowns: readonly { readonly text: string; readonly at: Date | undefined }[]
  /** Packages of the old lock that could not keep their record. */
  readonly moves: readonly (Move & {
    /** The spec of an environment file that is the reason, if one is. */
    readonly named: NamedSpec | undefined
  })[]
  /** Platforms where more may have moved than had to: the search for what can stay ended before it was through. */
  readonly unfinished: readonly string[]
  readonly heldBack: readonly HeldBack[]
  readonly upgrades: readonly AskedUpgrade[]
}

/** What came of one entry of `upgrade`, with the entries of the environment files instead of the solver's specs. */
export interface AskedUpgrade extends Omit<Upgrade, 'held'> {
  /** What keeps the newest one out; nothing if it is in. Of a package from PyPI the entry with its versions. */
  readonly holders: readonly NamedSpec[]
}

/** An entry of an environment file. */
export type NamedSpec = Pick<Spec, 'text' | 'file' | 'line'>

/** Nothing is known of what steered a solve, or nothing did. */
export const NO_STEERING: SteeringResult = {
  update: 'all',
  cooldowns: [],
  moves: [],
  unfinished: [],
  heldBack: [],
  upgrades: []
}

/**
 * What the built-in solver's reports come to; another conda reports nothing.
 * @param pipHeldBack the same of packages from PyPI
 */
export function steeringResult(
  solves: readonly SolveReport[],
  pipHeldBack: readonly HeldBack[],
  { inputs, cooldowns }: LockRequest,
  { specs }: Specs
): SteeringResult {
  const all = mergeSpecs(specs).specs
  const merged = all.filter(({ manager }) => manager === 'conda')
  const named = ({ platform, name, reason }: Move) => {
    const spec = merged.find(other => other.platform === platform && other.name === name)
    return reason.kind === 'spec' && spec ? namedSpec(spec) : undefined
  }
  const isHolder = (spec: Spec, { name, held, isLocked }: Upgrade) =>
    spec.manager === 'conda'
      ? held.some(text => specName(text) === spec.name)
      : !isLocked && pypiName(spec.name) === pypiName(name) && !['', '*'].includes(spec.version)
  const toAsked = ({ held, ...upgrade }: Upgrade): AskedUpgrade => ({
    ...upgrade,
    holders: all
      .filter(spec => spec.platform === upgrade.platform && isHolder(spec, { ...upgrade, held }))
      .map(namedSpec)
  })
  return {
    update: inputs.steering.update,
    cooldowns: cooldowns.map(({ text, at }) => ({ text, at })),
    moves: solves.flatMap(({ moves }) => moves).map(move => ({ ...move, named: named(move) })),
    unfinished: solves.filter(({ isLeast }) => !isLeast).map(({ platform }) => platform),
    heldBack: [...solves.flatMap(({ heldBack }) => heldBack), ...pipHeldBack],
    upgrades: solves.flatMap(({ upgrades }) => upgrades).map(toAsked)
  }
}

function namedSpec({ text, file, line }: Spec): NamedSpec {
  return { text, file, line }
}
