import { isAbsolute, resolve } from 'node:path'
import { SyncError } from '../common/errors.js'
import { pageAddress } from '../common/project.js'
import { enumerate } from '../common/sentences.js'
import { log } from '../runner/log.js'
import { findObstacle, type NetworkError } from '../runner/network.js'
import { pipEnvironment, runProcess } from './process.js'

/** Where pip and uv find packages. */
export interface PackageIndex {
  /** Addresses of simple indexes; the first one counts most. */
  readonly indexes: readonly string[]
  /** Folders or pages with packages. */
  readonly findLinks: readonly string[]
  /** Variables by which uv gets there as pip's settings say. */
  readonly access: Readonly<Record<string, string>>
  /** What was in the way of an index when it was asked for a sign of life; the installers may know a way. */
  readonly doubt: NetworkError | undefined
}

const PYPI = 'https://pypi.org/simple'

/** Settings of pip by name, without the command that they are for. */
type Settings = ReadonlyMap<string, string>

/**
 * The package index that this machine is set up for: uv's variables, or else pip's variables and configuration files.
 * @param python whose pip is asked for its settings
 */
export async function readPackageIndex(python: string, environment: NodeJS.ProcessEnv): Promise<PackageIndex> {
  const settings = await readPipSettings(python, environment)
  const { UV_DEFAULT_INDEX, UV_INDEX_URL, UV_INDEX, UV_EXTRA_INDEX_URL, UV_FIND_LINKS, UV_NO_INDEX } = environment
  const first = UV_DEFAULT_INDEX ?? UV_INDEX_URL ?? settings.get('index-url') ?? PYPI
  const more = [UV_INDEX, UV_EXTRA_INDEX_URL, settings.get('extra-index-url')]
  const links = [UV_FIND_LINKS?.replaceAll(',', ' '), settings.get('find-links')]
  const isOffline = isTrue(UV_NO_INDEX) || isTrue(settings.get('no-index'))
  return {
    indexes: isOffline ? [] : [...new Set([first, ...more.flatMap(words)].map(withoutName))],
    findLinks: [...new Set(links.flatMap(words).map(absolute))],
    access: Object.fromEntries(
      Object.entries(ACCESS).flatMap(([name, variable]) => {
        const value = settings.get(name)
        return value === undefined ? [] : [[variable, words(value).join(' ')]]
      })
    ),
    doubt: undefined
  }
}

/** Variables of uv by the settings of pip. */
const ACCESS = {
  cert: 'SSL_CERT_FILE',
  'client-cert': 'SSL_CLIENT_CERT',
  proxy: 'ALL_PROXY',
  'trusted-host': 'UV_INSECURE_HOST'
} as const

/** uv's indexes may have names: `NAME=URL`. */
function withoutName(index: string): string {
  return index.replace(/^[\w-]+=(?=\w+:\/\/)/, '')
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter(word => word !== '')
}

function isTrue(text: string | undefined): boolean {
  return /^(?:1|true|yes|on|y|t)$/i.test(text ?? '')
}

/** uv is started in another folder. */
function absolute(link: string): string {
  return link.includes('://') || isAbsolute(link) ? link : resolve(link)
}

/** From least to most important. */
const SECTIONS = ['global', 'install', ':env:']

/** What pip says of its settings, as `SECTION.NAME='VALUE'`; without pip, what the variables say. */
async function readPipSettings(python: string, environment: NodeJS.ProcessEnv): Promise<Settings> {
  const pip = pipEnvironment(environment)
  const listed = await runProcess(python, ['-I', '-m', 'pip', 'config', 'list'], { environment: pip })
  if (listed?.exitCode !== 0) return settingsOfVariables(pip)
  const entries = listed.stdout.split('\n').flatMap(line => {
    const [, section = '', name = '', value = ''] = /^([^.=]+)\.([\w-]+)=(.*)$/.exec(line) ?? []
    return SECTIONS.includes(section) ? [{ section, name, value: plainText(value) }] : []
  })
  const ordered = SECTIONS.flatMap(section => entries.filter(entry => entry.section === section))
  return new Map(ordered.filter(({ value }) => value !== '').map(({ name, value }) => [name, value]))
}

function settingsOfVariables(environment: Readonly<Record<string, string>>): Settings {
  const entries = Object.entries(environment).filter(([name, value]) => name.startsWith('PIP_') && value !== '')
  return new Map(entries.map(([name, value]) => [name.slice(4).toLowerCase().replaceAll('_', '-'), value]))
}

/** A text as Python prints it, with quotes and escapes. */
function plainText(value: string): string {
  return value
    .replace(/^(['"])(.*)\1$/, '$2')
    .replace(/\\(.)/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? letter)
}

/**
 * Leaves out the indexes that give no sign of life, all asked at once, so that an installer does not wait for them again and
 * again. If nothing would be left they are asked once more: a busy moment must not end a run.
 * @throws SyncError of kind `toolchain` if nothing is left
 */
export async function chooseIndex(index: PackageIndex): Promise<PackageIndex> {
  let { alive, dead } = await askIndexes(index)
  const isNothingLeft = () => dead.length > 0 && alive.length + index.findLinks.length === 0
  if (isNothingLeft()) ({ alive, dead } = await askIndexes(index))
  if (isNothingLeft()) throw noIndex(dead)
  for (const { message } of dead) log(`A package index is left out: ${message}.`)
  return { ...index, indexes: alive.map(({ url }) => url), doubt: alive.find(({ problem }) => problem)?.problem }
}

interface Asked {
  readonly url: string
  readonly problem: NetworkError | undefined
}

async function askIndexes({ indexes, access }: PackageIndex): Promise<{ alive: Asked[]; dead: NetworkError[] }> {
  const asked = await Promise.all(indexes.map(async url => ({ url, problem: await findObstacle(url) })))
  // A proxy or a certificate of their own, by which the installers may get there, are not known here.
  const isDead = ({ problem }: Asked) =>
    problem !== undefined && access.ALL_PROXY === undefined && problem.obstacle !== 'certificate'
  return {
    alive: asked.filter(one => !isDead(one)),
    dead: asked.filter(isDead).flatMap(({ problem }) => problem ?? [])
  }
}

function noIndex(dead: readonly NetworkError[]): SyncError {
  const told = enumerate(dead.map(({ message }) => message))
  return new SyncError('toolchain', `conda-lock and py-rattler cannot be installed: ${told}.`, {
    hint: `${dead[0]?.hint ?? ''} PIP_INDEX_URL or a pip.conf names another package index (${pageAddress('networks.md#without-the-internet')}).`,
    cause: dead[0]
  })
}

/** The environment of an installer with the index as its own variables have it, which overrule its other settings. */
export function indexFor(
  installer: 'pip' | 'uv',
  { indexes, findLinks, access }: PackageIndex,
  environment: Readonly<Record<string, string>>
): Record<string, string> {
  const [first, ...others] = indexes
  const links = findLinks.join(installer === 'uv' ? ',' : ' ')
  const [main, more, none, find] =
    installer === 'uv'
      ? (['UV_DEFAULT_INDEX', 'UV_INDEX', 'UV_NO_INDEX', 'UV_FIND_LINKS'] as const)
      : (['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_NO_INDEX', 'PIP_FIND_LINKS'] as const)
  const older = ['UV_INDEX_URL', 'UV_EXTRA_INDEX_URL', main, more, none, find]
  const rest = Object.entries(environment).filter(([name]) => !older.includes(name))
  return {
    ...(installer === 'uv' ? access : {}),
    ...Object.fromEntries(rest),
    ...(installer === 'uv' && access.SSL_CERT_FILE !== undefined ? { SSL_CERT_FILE: access.SSL_CERT_FILE } : {}),
    ...(links === '' ? {} : { [find]: links }),
    // Without another index the first one is named again, since an empty value does not overrule a configuration file.
    ...(first === undefined ? { [none]: '1' } : { [none]: '0', [main]: first, [more]: others.join(' ') || first })
  }
}
