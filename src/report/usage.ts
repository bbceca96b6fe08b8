import { posix } from 'node:path'
import { block, blocks } from '../common/markdown.js'
import { trimEndOf } from '../common/sentences.js'
import type { ExplicitUsage, Usage } from './values.js'

/**
 * A name for an image's environment and its Jupyter kernel, which no other image of the repository has: the repository's own
 * name, and what sets the lockfile apart from others of it.
 * @param repository undefined outside a runner
 * @param lockfile its path in the repository
 */
export function environmentName(repository: string | undefined, lockfile: string): string {
  const { dir, name } = posix.parse(lockfile)
  const rest = trimEndOf(name.replace('conda-lock', ''), '-_.').replace(/^[-_.]+/, '')
  const parts = [repository ?? 'my-env', ...dir.split('/'), rest].filter(part => part !== '' && part !== '.')
  // What Jupyter allows in the name of a kernel; conda allows more.
  return parts.map(part => part.replace(/[^\w.-]+/g, '-')).join('.')
}

/** How to get the environment: with conda-lock, with plain conda, and as a Jupyter kernel that stays. */
export function renderUsage(usage: Usage): string {
  return blocks([
    'In a checkout with these files; with conda-lock:',
    shell([`conda-lock install --name ${word(usage.environment)} ${word(usage.lockfile)}`]),
    'Or with conda, mamba or micromamba alone:',
    shell(
      usage.explicit.flatMap(file => [
        ...comment(usage, file),
        ...createCommands(file, `--name ${word(usage.environment)}`)
      ])
    ),
    renderKernel(usage)
  ])
}

function comment({ explicit }: Usage, { platform }: ExplicitUsage): string[] {
  return explicit.length === 1 ? [] : [`# ${platform}`]
}

function createCommands({ path, pipRequirements }: ExplicitUsage, target: string): string[] {
  const pip = 'python -m pip install --no-deps --require-hashes -r'
  return [
    `conda create ${target} --file ${word(path)}`,
    ...(pipRequirements === undefined ? [] : [`conda run ${target} ${pip} ${word(pipRequirements)}`])
  ]
}

/** On a hub, only the home folder outlives the session, and hubs run on Linux. */
function renderKernel({ environment, explicit }: Usage): string {
  const file = explicit.find(({ platform }) => platform === 'linux-64') ?? explicit[0]
  if (file?.kernel !== true) return ''
  const target = `--prefix ~/envs/${word(environment)}`
  return blocks([
    'Or on a JupyterHub, as a kernel in your home folder that is still there in the next session:',
    shell([
      ...createCommands(file, target),
      // Without a name to display, all kernels are called "Python 3" in the launcher.
      `conda run ${target} python -m ipykernel install --user --name ${word(environment)} --display-name ${word(environment)}`
    ])
  ])
}

function shell(lines: readonly string[]): string {
  return block('sh', lines.join('\n'))
}

/** A path or a name as one word of a shell command that is no option. */
function word(text: string): string {
  const plain = text.startsWith('-') ? `./${text}` : text
  return /^[\w./-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", String.raw`'\''`)}'`
}
