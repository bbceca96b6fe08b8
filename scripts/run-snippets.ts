/**
 * Runs the workflows and parts of workflows that the documents show by `act`, in a repository that has what they name and a lock
 * that somebody has merged; conda-forge, upstream and GitHub are on loopback.
 */
import { execFileSync } from 'node:child_process'
import { parse, stringify } from 'yaml'
import type { PackageSpec } from '../__tests__/support/channel.js'
import { SETTINGS_FILE } from '../__tests__/support/configured.js'
import type { Block } from '../__tests__/support/documents.js'
import { asWorkflow } from '../__tests__/support/snippets.js'
import { startWorkplace } from '../__tests__/support/workflows.js'
import { environment } from '../__tests__/support/world.js'
import { isMapping } from '../src/common/guards.js'

const CHECKOUT = { uses: 'actions/checkout@v6' }

/** Parts of a workflow write nothing down of permissions. */
const PERMISSIONS = { contents: 'write', 'pull-requests': 'write', actions: 'write' }

/** A block that is a workflow, or a part of one, as it runs; a part needs the checkout before it. */
function runnable({ language, text }: Block): string | undefined {
  const content: unknown = /^ya?ml$/.test(language) ? parse(text) : undefined
  const workflow = asWorkflow(content)
  if (workflow === undefined || (isMapping(content) && 'on' in content)) return workflow && text
  const [[name, job] = []] = Object.entries('jobs' in workflow && isMapping(workflow.jobs) ? workflow.jobs : {})
  if (name === undefined || !isMapping(job) || !isList(job.steps)) throw new Error(`no steps in ${text}`)
  const steps = [CHECKOUT, ...job.steps]
  return stringify({ ...workflow, jobs: { [name]: { permissions: PERMISSIONS, ...job, steps } } })
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

/** Before any cooldown that a page shows. */
const UPLOADED = { timestamp: Date.parse('2025-01-01') }

/** What the pages name. Python and pip are real, so that a trial can start them. */
function channel(): PackageSpec[] {
  const folder = execFileSync('python3', [
    '-c',
    'import sys; print("lib/python%d.%d/site-packages" % sys.version_info[:2])'
  ])
  const module = (name: string) => ({ files: { [`${folder.toString().trim()}/${name}.py`]: '' } })
  return [
    { name: 'python', version: '3.12.1', subdir: 'linux-64', realPython: true, ...UPLOADED },
    { name: 'pip', version: '25.1', depends: ['python'], realPip: true, ...UPLOADED },
    ...['openssl', 'numpy', 'my-own-package'].map(name => ({ name, version: '3.5.4', ...UPLOADED })),
    ...['xarray', 'sunpy'].map(name => ({
      name,
      version: '2025.12',
      depends: ['python'],
      ...UPLOADED,
      ...module(name)
    }))
  ]
}

/**
 * @param blocks of all pages; the first of them that is a workflow makes the lock that the others start from
 * @returns how many are workflows, and those that failed
 */
export async function runSnippets(blocks: readonly Block[]): Promise<{ count: number; failed: Block[] }> {
  const virtualPackages = blocks.find(({ text }) => text.startsWith('# virtual-packages.yml'))
  const place = await startWorkplace(channel())
  try {
    const repository = await place.github.addRepository('example-org/documents', {
      [SETTINGS_FILE]: 'upstream-files: none\n',
      'environment.yml': environment(
        'python=3.12',
        'pip=25.1',
        'openssl',
        'numpy=3',
        'my-own-package',
        'xarray=2025.12',
        'sunpy=2025'
      ),
      'pypi-lookup.json': '{}\n',
      'virtual-packages.yml': virtualPackages?.text ?? '',
      ...Object.fromEntries(
        ['ci', 'build-image'].map(name => [`.github/workflows/${name}.yml`, 'on: workflow_dispatch\n'])
      )
    })
    const failed: Block[] = []
    let count = 0
    for (const block of blocks) {
      const text = runnable(block)
      if (text === undefined) continue
      count++
      const name = `${block.page.replaceAll(/\W/g, '-')}-${block.line}`
      const run = await place.runWorkflow({ name, text, repository, event: 'workflow_dispatch' })
      console.log(`\n== ${block.page}, line ${block.line}\n${run.succeeded ? summariesOf(run.printed) : run.printed}`)
      if (!run.succeeded) failed.push(block)
      for (const { number, state } of await repository.pulls()) if (state === 'open') await repository.merge(number)
    }
    return { count, failed }
  } finally {
    await place.close()
  }
}

function summariesOf(printed: string): string {
  return (printed.match(/(?<=summary=).*$/gm) ?? []).join('\n')
}
