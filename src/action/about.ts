import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { field } from '../common/guards.js'
import { messageOf } from '../common/errors.js'
import { withoutCredentials } from '../common/urls.js'
import type { Given } from '../inputs/images.js'
import { splitLines } from '../inputs/reader.js'
import type { ImageSettings, Settings } from '../inputs/settings.js'
import { inputNames, INPUTS, TOKEN_INPUTS, type InputDescription, type InputName } from '../inputs/table.js'
import { proxyFor } from '../runner/proxy.js'
import type { Runner } from '../runner/runner.js'
import { hasService } from '../toolchain/folder-cache.js'
import { keptFolder } from '../toolchain/kept.js'

/** What a run was started with and where. */
export interface RunFacts {
  readonly given: Given
  readonly settings: Settings | undefined
  readonly runner: Runner
  readonly environment: NodeJS.ProcessEnv
  readonly solverFolder: string
}

/** What a diagnosis needs to know of a run, one fact a line. No token and no password is among it. */
export async function aboutRun(facts: RunFacts): Promise<string> {
  const { runner, environment, solverFolder } = facts
  const { event, ref, serverUrl, repository } = runner
  const lines = [
    `${await versions(solverFolder)}, Node.js ${process.version}, ${process.platform} ${process.arch}`,
    `Started by ${event === '' ? 'nobody known' : event} on ${ref} of ${repository === undefined ? 'no repository' : `${repository.owner}/${repository.repo}`} at ${serverUrl}`,
    ...settingLines(facts),
    ...addresses(facts).map(address => `${new URL(address).host}: ${wayTo(new URL(address), environment)}`),
    ...CERTIFICATE_VARIABLES.flatMap(name => (environment[name] ? [`${name}: ${environment[name]}`] : [])),
    await cacheLine(runner),
    `Cache service: ${hasService() ? 'yes' : 'none'}`
  ]
  return withoutCredentials(lines.join('\n'))
}

/** Variables by which programs are told of other CAs (docs/networks.md). */
const CERTIFICATE_VARIABLES = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'PIP_CERT'
]

/** Of the action itself, and of the tools that it is pinned to; as far as its folder says, since a copy may lack some files. */
async function versions(solverFolder: string): Promise<string> {
  const [description = '{}', requirements = ''] = await Promise.all(
    ['../package.json', 'requirements.in'].map(name =>
      readFile(join(solverFolder, name), 'utf8').catch(() => undefined)
    )
  )
  const own = field(JSON.parse(description), 'version')
  return [
    `conda-lock-sync ${typeof own === 'string' ? own : 'of an unknown version'}`,
    ...splitLines(requirements.replaceAll('==', ' '))
  ].join(', ')
}

/** Where each setting that is not a default came from. What the workflow sets wins. */
function settingLines({ given, settings }: RunFacts): string[] {
  const isSet = (name: InputName) => given(name).trim() !== ''
  const inFile = (values: ImageSettings, prefix = '') =>
    [...values].map(([name, { text, line }]) => {
      const loses = isSet(name) ? ', but the workflow sets it' : ''
      return `${prefix}${name}: ${splitLines(text).join(' | ')} (${settings?.file ?? ''}:${line}${loses})`
    })
  return [
    ...inputNames()
      .filter(isSet)
      .map(
        name => `${name}: ${TOKEN_INPUTS.includes(name) ? 'given' : splitLines(given(name)).join(' | ')} (workflow)`
      ),
    ...(settings === undefined ? [] : inFile(settings.common)),
    ...[...(settings?.images ?? [])].flatMap(([folder, values]) => inFile(values, `image ${folder}, `))
  ]
}

/** Whom the run asks, besides what environment files and pip's configuration name. */
function addresses({ given, settings, runner }: RunFacts): string[] {
  const valueOf = (name: InputName) => {
    const { default: fallback = '' }: InputDescription = INPUTS[name]
    return [given(name).trim(), settings?.common.get(name)?.text ?? ''].find(text => text !== '') ?? fallback
  }
  const all = [runner.apiUrl, valueOf('upstream-api-url'), valueOf('channel-alias')]
  return [...new Set(all.filter(address => URL.canParse(address)))]
}

function wayTo(url: URL, environment: NodeJS.ProcessEnv): string {
  try {
    const proxy = proxyFor(url, environment)
    return proxy === undefined ? 'asked directly' : `through the proxy ${proxy.origin}`
  } catch (error) {
    return messageOf(error)
  }
}

async function cacheLine({ toolCache }: Runner): Promise<string> {
  const folder = keptFolder(toolCache)
  const found = await readdir(folder).catch(() => [])
  return `In ${folder}: ${found.length === 0 ? 'nothing yet' : found.sort().join(', ')}`
}
