import { runAction, startRunner, type ActionRun } from './action.js'
import type { FakeGitHub } from './github.js'

/** The job that publishes bundles: without a checkout, and without any Python. */
export interface PublishJob {
  readonly token: string
  /** Folders of bundles. */
  readonly bundles: string
  /** `OWNER/REPO`. */
  readonly repository: string
  readonly inputs: Readonly<Record<string, string>>
  /** More variables. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs such a job. */
export async function publishBundles(
  github: FakeGitHub,
  { token, bundles, repository, inputs, environment = {} }: PublishJob
): Promise<ActionRun> {
  const machine = await startRunner()
  try {
    return await runAction(machine, {
      github,
      repository,
      inputs: { mode: 'publish', token, bundles, ...inputs },
      environment: { PATH: '/nowhere', ...environment }
    })
  } finally {
    await machine.close()
  }
}
