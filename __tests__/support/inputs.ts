/** The action's inputs, without a runner that hands them over. */
import type { OwnFiles } from '../../src/environment/own-files.js'
import { parseInputs, type Inputs } from '../../src/inputs/inputs.js'
import type { InputName } from '../../src/inputs/table.js'
import type { Runner } from '../../src/runner/runner.js'

export type Given = Partial<Record<InputName, string>>

/** The runner of a run that does nothing outside. */
export const RUNNER: Runner = {
  workspace: '/workspace',
  temp: '/tmp',
  toolCache: '/tmp',
  repository: { owner: 'heliocloud-data', repo: 'science-image' },
  ref: 'refs/heads/main',
  defaultBranch: 'main',
  isFromFork: false,
  event: 'schedule',
  pullRequestBase: undefined,
  apiUrl: 'https://api.github.com',
  serverUrl: 'https://github.com',
  runUrl: 'https://github.com/heliocloud-data/science-image/actions/runs/17'
}

/** The repository's own environment files, and nothing else of its own. */
export function ownFiles(environments: OwnFiles['environments'], rest: Partial<OwnFiles> = {}): OwnFiles {
  return { environments, virtualPackages: undefined, lookup: undefined, ...rest }
}

/** What the action reads of these inputs; all others but the token are left out. */
export function inputsOf(given: Given = {}, runner: Partial<Runner> = {}): Inputs {
  const texts: Given = { token: 't', ...given }
  return parseInputs(name => texts[name] ?? '', { ...RUNNER, ...runner })
}
