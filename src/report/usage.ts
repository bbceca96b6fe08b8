import { block, blocks, code, plural } from './markdown.js'
import type { ExplicitUsage, Usage } from './values.js'

/** How to get the environment: with conda-lock, with plain conda, and as a Jupyter kernel that stays. */
export function renderUsage(usage: Usage): string {
  return blocks([
    '### How to use it',
    'In a checkout with these files; with conda-lock, on any platform:',
    shell([`conda-lock install --name ${word(usage.environment)} ${word(usage.lockfile)}`]),
    'Or with conda, mamba or micromamba alone:',
    shell(
      usage.explicit.flatMap(file => [
        ...comment(usage, file),
        ...createCommands(file, `--name ${word(usage.environment)}`)
      ])
    ),
    ...usage.explicit.flatMap(renderMissingPip),
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
      `conda run ${target} python -m ipykernel install --user --name ${word(environment)}`
    ])
  ])
}

function renderMissingPip({ platform, pipPackages, pipRequirements }: ExplicitUsage): string[] {
  if (pipPackages === 0 || pipRequirements !== undefined) return []
  return [
    `> [!IMPORTANT]\n> \`conda create\` leaves out ${plural(pipPackages, 'pip package')} on ${code(platform)}: use conda-lock to get them.`
  ]
}

function shell(lines: readonly string[]): string {
  return block('sh', lines.join('\n'))
}

/** A text as one word of a shell command. */
function word(text: string): string {
  return /^[\w./-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
