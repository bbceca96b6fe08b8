import { posix } from 'node:path'
import { stringify } from '../common/yaml.js'
import { INPUTS } from '../inputs/table.js'
import type { Survey, SurveyedImage } from './survey.js'

const SCHEMA =
  '# yaml-language-server: $schema=https://raw.githubusercontent.com/conda-lock-sync/conda-lock-sync/main/settings.schema.json\n'

/** A settings file for what was found; what is as by default is left out. */
export function settingsFor({ images, shared }: Survey): string {
  const own = images.map(image => ({ image, values: valuesOf(image, shared) }))
  const [first, ...others] = own
  if (first === undefined) throw new Error('a repository without an environment file')
  if (others.length === 0 && first.image.folder === '.') return write({ ...first.values, relock: 7 })
  // What all have stands once.
  const common = Object.entries(first.values).filter(([name, value]) =>
    others.every(({ values }) => JSON.stringify(values[name]) === JSON.stringify(value))
  )
  const differing = own.map(({ image, values }) => {
    const rest = Object.entries(values).filter(([name]) => !common.some(([known]) => known === name))
    return [image.folder, rest.length === 0 ? null : Object.fromEntries(rest)] as const
  })
  return write({ ...Object.fromEntries(common), relock: 7, images: Object.fromEntries(differing) })
}

type Values = Readonly<Record<string, unknown>>

function write(values: Values): string {
  const text = stringify(values, { lineWidth: 120, nullStr: '' })
  return SCHEMA + text.replace(/^relock: .*$/m, line => `${line} # ${RELOCK}`)
}

const RELOCK = 'days; at once when an environment file has changed, here or upstream'

function valuesOf(image: SurveyedImage, shared: readonly SurveyedImage[]): Values {
  const inherited = shared.flatMap(({ folder, environmentFiles }) =>
    environmentFiles.map(name => posix.join(posix.relative(image.folder, folder), name))
  )
  const environmentFiles = [...inherited, ...image.environmentFiles]
  const { lockfile, explicitLockfile, platforms } = image
  return {
    'upstream-files': upstreamOf(image),
    ...(environmentFiles.join() === 'environment.yml' ? {} : { 'environment-files': environmentFiles }),
    ...(lockfile === undefined || lockfile === 'conda-lock.yml' ? {} : { lockfile }),
    ...(explicitLockfile === undefined || explicitLockfile === 'conda-{platform}.lock'
      ? {}
      : { 'explicit-lockfile': explicitLockfile }),
    ...(platforms.length === 0 || platforms.join() === 'linux-64' ? {} : { platforms })
  }
}

/** Pangeo's images that are made from environment files; each is built on `base-notebook`, which pins Python. */
const PANGEO = /(?:^|\/)pangeo\/(base-notebook|pangeo-notebook|ml-notebook|pytorch-notebook)(?=[:@]|$)/

/** The value of `upstream-files`; `none` if nothing shows that an upstream is followed. */
export function upstreamOf({ baseImage, hasCopies }: SurveyedImage): unknown {
  const name = PANGEO.exec(baseImage ?? '')?.[1] ?? (hasCopies ? 'pangeo-notebook' : undefined)
  if (name === undefined) return 'none'
  return {
    'base-notebook/environment.yml': 'BNenvironment.yml',
    ...(name === 'base-notebook' ? {} : { [`${name}/environment.yml`]: 'NBenvironment.yml' })
  }
}

/**
 * What git and GitHub should know of the lockfiles, one line of `.gitattributes` for each pattern: GitHub folds generated files in
 * a pull request, and git does not merge two locks line by line, which gives one that nobody has solved.
 * @see https://git-scm.com/docs/gitattributes (`-merge`)
 */
export function lockfileAttributes({ images }: Survey): ReadonlyMap<string, string> {
  const patterns = images.flatMap(({ lockfile, explicitLockfile }) => [
    lockfile ?? INPUTS.lockfile.default,
    explicitLockfile ?? INPUTS['explicit-lockfile'].default,
    INPUTS['pip-requirements'].default
  ])
  const quoted = patterns
    .map(name => name.replace('{platform}', '*'))
    .map(name => (/[\s"]/.test(name) ? JSON.stringify(name) : name))
  return new Map(quoted.map(pattern => [pattern, `${pattern} linguist-generated -merge`]))
}

/** The workflow of an example, for this default branch, started by a push of the environment files that were found. */
export function workflowFor(example: string, branch: string, { images, shared }: Survey): string {
  const names = [...images, ...shared].flatMap(image => image.environmentFiles.map(name => posix.basename(name)))
  const paths = [...new Set(['environment.yml', ...names])].map(name => JSON.stringify(`**/${name}`))
  return example
    .split('\n')
    .slice(example.split('\n').findIndex(line => !line.startsWith('#')))
    .join('\n')
    .replace("['**/environment.yml',", all => (paths.length === 1 ? all : `[${paths.join(', ')},`))
    .replace('branches: [main] # your default branch', `branches: [${JSON.stringify(branch)}]`)
}
