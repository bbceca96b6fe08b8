/**
 * Every number that the pages state, and where it comes from. A number that is in none of these fails the test of its page:
 * write its sentence down here, with the value from the code, or say beside it on the page when or where it was read.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ENVIRONMENT_LIMITS, LOCKFILE_LIMITS } from '../../src/common/limits.js'
import { KNOWN_SELECTORS } from '../../src/environment/selectors.js'
import { INPUTS } from '../../src/inputs/table.js'
import { ROOT } from '../support/action.js'

const source = (path: string) => readFile(join(ROOT, path), 'utf8')

/** The number in `NAME = NUMBER` of a source file; what comes after it, such as `<< 30`, is its unit. */
async function constant(path: string, name: string): Promise<number> {
  const line = (await source(path))
    .split('\n')
    .find(each => each.replace(/^(?:export )?const /, '').startsWith(`${name} = `))
  const value = Number.parseInt(line?.split(' = ')[1]?.replaceAll('_', '') ?? '', 10)
  if (Number.isNaN(value)) throw new Error(`no ${name} in ${path}`)
  return value
}

async function requirement(name: string): Promise<string> {
  const lines = (await source('solver/requirements.in')).split('\n')
  return lines.find(line => line.startsWith(`${name}==`))?.split('==')[1] ?? `no ${name}`
}

/** What a pattern finds in a source file. */
async function found(path: string, pattern: RegExp): Promise<readonly string[]> {
  const match = pattern.exec(await source(path))
  if (match === null) throw new Error(`no ${pattern.source} in ${path}`)
  return match.slice(1)
}

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
const inWords = (value: number) => WORDS[value] ?? { 20: 'twenty', 30: 'thirty', 60: 'sixty' }[value] ?? String(value)
const thousands = (value: number) => value.toLocaleString('en-US')

const [OLDEST_NODE = ''] = await found('package.json', /"node": ">=(\d+)"/)
const NODE = `Node.js ${OLDEST_NODE}`
const PYTHON = `Python ${(await found('src/toolchain/toolchain.ts', /OLDEST_PYTHON = \[(\d+), (\d+)\]/)).join('.')}`
const [ACTION_NODE = ''] = await found('action.yml', /using: node(\d+)/)
const CONDA_LOCK = `conda-lock ${await requirement('conda-lock')}`
const KIB = `${ENVIRONMENT_LIMITS.size / 1024} KiB`
const [, OWN_OF_CONDA_LOCK = ''] = INPUTS['virtual-packages'].description.split("conda-lock's own, ")
const MACHINE = OWN_OF_CONDA_LOCK.replace(/\.$/, '')
const [LINUX = ''] = /Linux (\d\.\d+)/.exec(INPUTS['trial-install'].description)?.slice(1) ?? []

const cache = await constant('src/toolchain/folder-cache.ts', 'ANSWER_SECONDS')
const cachedFolder = await constant('src/toolchain/folder-cache.ts', 'FOLDER_SECONDS')
const proxy = (await constant('src/runner/network.ts', 'PROXY_MILLISECONDS')) / 1000
const probe = (await constant('src/runner/network.ts', 'PROBE_MILLISECONDS')) / 1000
const solverRequest = await constant('solver/repodata.py', 'SECONDS')
const build = (await constant('solver/source_build.py', 'SECONDS')) / 60
const memory = await constant('solver/bounded.py', 'MOST_BYTES')
const processor = (await constant('solver/bounded.py', 'MOST_SECONDS')) / 60
const disk = await constant('solver/bounded.py', 'LARGEST')
const asked = 1 + (await constant('src/github/requests.ts', 'REPETITIONS'))
/** Seconds between the requests: the squares of 1, 2 and 3. */
const pauses = 1 + 4 + 9
const damages = (await source('__tests__/networks/damage.networks.ts')).match(
  /^ {2}(?:'.*'|\w+): (?:async )?toolchain =>/gm
)
const abandoned = await constant('src/runner/scratch.ts', 'ABANDONED_MILLISECONDS')

const least = (await constant('src/report/download.ts', 'LEAST')) / 500_000

const nights = (await source('demo/main.ts')).match(/'?Night \d: /g)
const [cuda = ''] = await found('examples/heliocloud/settings.yml', /cuda: '(\d+)/)
const performance = await source('docs/performance.md')
const share = (before: string) => Number(performance.split(before)[1]?.split(/[,.] |\.\n/)[0])
const relock = share('the same solver (pangeo): a relock ')
const platforms = share('one platform (pangeo), four platforms take ')

/** The median of the first column of a row of the table. */
const measured = (row: string) => Number(performance.split(`\n| ${row} | `)[1]?.split(' ')[0]).toFixed(1)
const overNetwork = measured('Relock for one platform (pangeo, in the network)')
const opens = measured('A run that opens a pull request, in the network')
const nothing = measured(
  'A run that has nothing to do, since it is merged (`relock: if-inputs-changed`), in the network'
)
const restored = measured('The whole job, in the network; toolchain restored from the cache service')
const installed = measured('The whole job, in the network; toolchain installed with nothing cached (2 rounds)')

const REQUESTS =
  /a run makes (\d+) requests for a new pull request, (\d+) for an update, and (\d+) when there is nothing/
const [forNew = '', forUpdate = '', forNothing = ''] = await found('__tests__/publish/publish.e2e.test.ts', REQUESTS)
const calls = inWords(Number(forNothing))

/** Sentences with a number or a default in them, as the code has it. */
export const FACTS: readonly (readonly [path: string, sentence: string])[] = [
  ['README.md', `plays ${inWords(nights?.length ?? 0)} nights of a repository`],
  ['README.md', `you need ${NODE} or newer and ${PYTHON} or newer with \`venv\``],
  ['CONTRIBUTING.md', `You need ${NODE} or newer, and ${PYTHON} or newer with \`venv\``],
  [
    'CONTRIBUTING.md',
    `even steps of a run (${(await found('scripts/kills.ts', /\?\? (\d+)\)/)).join()} without a number)`
  ],
  ['CONTRIBUTING.md', `over ${inWords(await constant('scripts/nights.ts', 'NIGHTS'))} nights each`],
  ['docs/architecture.md', `An environment file may have ${KIB} and ${thousands(ENVIRONMENT_LIMITS.entries)} entries`],
  ['docs/architecture.md', `a lockfile ${LOCKFILE_LIMITS.size >> 20} million characters and a million entries`],
  [
    'docs/architecture.md',
    `For all platforms together it gets ${memory} GiB of memory, ${processor} minutes of processor time, and ${disk} GiB for a file`
  ],
  [
    'docs/architecture.md',
    `over ${thousands(await constant('solver/probe.py', 'MOST_NEEDS'))} needs or characters in one`
  ],
  ['docs/getting-started.md', `You need ${NODE} or newer, and ${PYTHON} or newer with \`venv\``],
  ['docs/how-it-works.md', `${CONDA_LOCK} solves upstream's files and yours together, once`],
  ['docs/how-it-works.md', `\`${INPUTS.relock.default}\` (the default) solves in every run`],
  ['docs/how-it-works.md', `it knows ${enumerated(KNOWN_SELECTORS.toSorted())}`],
  [
    'docs/how-it-works.md',
    `takes [less than a second](performance.md#what-a-night-without-news-pays) and ${calls} API calls`
  ],
  ['docs/modes.md', `It needs ${NODE} and ${PYTHON} or newer`],
  ['docs/networks.md', `does not connect to a host within ${proxy} seconds`],
  ['docs/networks.md', `An index that does not answer within ${probe} seconds`],
  ['docs/networks.md', `it has ${cache} seconds to answer, and ${cachedFolder} more`],
  ['docs/networks.md', `${cachedFolder} s to restore, ${cachedFolder} s to save`],
  ['docs/performance.md', `silent for ${inWords(cache)} seconds, or takes ${inWords(cachedFolder)} more`],
  ['docs/threat-model.md', `they have ${cache} seconds to answer and ${cachedFolder} for the archive`],
  ['docs/networks.md', `The action runs on Node.js ${ACTION_NODE}`],
  ['docs/networks.md', `the command line, which needs ${NODE}`],
  ['docs/networks.md', `did not connect to … within ${proxy} s"`],
  ['docs/networks.md', `damaged in ${damages?.length ?? 0} ways`],
  ['docs/networks.md', `${2 * cache} s: ${cache} s to restore, ${cache} s to save`],
  ['docs/networks.md', `a silent package index                  | ${probe} s, or ${2 * probe} s if there is no other`],
  ['docs/networks.md', `a silent proxy before the package index | ${2 * proxy} s: asked twice`],
  ['docs/networks.md', `${asked * proxy + pauses} s: asked ${inWords(asked)} times, with ${pauses} s in between`],
  ['docs/networks.md', `a silent proxy before a channel         | ${2 * proxy} s: asked twice`],
  ['docs/networks.md', `which waits ${solverRequest} seconds for each try`],
  [
    'docs/operations.md',
    `${forNothing} when there is nothing to do, ${forNew} for a new pull request, ${forUpdate} for an update`
  ],
  ['docs/performance.md', `In a network like a runner's, locking Pangeo's 800 packages anew takes ${overNetwork}.`],
  [
    'docs/performance.md',
    `for 98 packages takes ${opens}, three of which it waits on purpose; a night without news takes ${nothing}.`
  ],
  ['docs/performance.md', `takes ${restored} where there is a cache service, and otherwise ${installed}.`],
  ['docs/performance.md', `A relock is at ${relock.toFixed(2)}.`],
  ['docs/performance.md', `Four platforms of 800 packages are at ${platforms.toFixed(1)} times one`],
  ['docs/performance.md', `\`relock: if-inputs-changed\`, ${calls} calls to GitHub and nothing else`],
  ['docs/pip-packages.md', `(x86-64 and ARM, ${LINUX} or newer)`],
  ['docs/pip-packages.md', `Nor can it outlive its step, which has ${inWords(build)} minutes`],
  ['docs/report.md', `come to ${least} MB more or less`],
  ['docs/report.md', `A platform whose changes come to less than ${least} MB has no line`],
  [
    'docs/report.md',
    `Below it are the ${inWords(await constant('src/report/download.ts', 'MOST'))} packages that add most`
  ],
  ['docs/scan-the-environment.md', `removes what is older than ${abandoned === 7 ? 'a week' : `${abandoned} days`}`],
  ['docs/settings.md', `In \`${INPUTS.settings.default}\`, or the file that the input \`settings\` names`],
  ['docs/steering.md', `By default (\`${INPUTS.update.default}\`) each run takes the newest`],
  [
    'docs/steering.md',
    `asked again, up to ${inWords(await constant('solver/least.py', 'MOST_SOLVES'))} times for each platform`
  ],
  ['docs/steering.md', `conda-lock takes ${MACHINE} for Linux`],
  ['docs/steering.md', `the report tells that ${MACHINE.split('CUDA ')[1] ?? ''} was assumed`],
  ['docs/troubleshooting.md', `which needs ${PYTHON} or newer with \`venv\``],
  ['docs/troubleshooting.md', `of another shape, ${inWords(asked)} times in a row`],
  ['docs/troubleshooting.md', `is larger than ${KIB}`],
  [
    'docs/troubleshooting.md',
    `more than ${memory} GiB of memory, ${processor} minutes of processor time, or ${disk} GiB of disk in one file`
  ],
  ['docs/troubleshooting.md', `conda-lock locks for ${MACHINE}`],
  ['docs/troubleshooting.md', `warns of \`EBADENGINE\` under ${NODE}`],
  ['docs/troubleshooting.md', `need the same: ${NODE} or newer, ${PYTHON} or newer as \`${INPUTS.python.default}\``],
  ['docs/use-the-lockfiles.md', `by default \`${INPUTS['trial-command'].default.split('\n').slice(2).join(' ')}\``],
  ['examples/heliocloud/README.md', `with CUDA ${cuda} builds`]
]

function enumerated(names: readonly string[]): string {
  const spans = names.map(name => `\`${name}\``)
  return `${spans.slice(0, -1).join(', ')} and ${spans.at(-1) ?? ''}`
}

/** Numbers that a run has given, or that others have set: the statement, and what on the page says when or where. */
export const SOURCED: readonly (readonly [path: string, statement: string, source: string])[] = [
  ['CHANGELOG.md', '## 1.0.0', 'semantic versioning](https://semver.org)'],
  ['docs/architecture.md', '| A channel with', 'Measured on 2026-11-27'],
  [
    'docs/architecture.md',
    'Channels of 1,000,000 records need 0.7 GB and, with the solve, some 15 seconds',
    'Measured on 2026-11-27'
  ],
  ['README.md', '[in five minutes]', '](docs/getting-started.md)'],
  ['README.md', '[How do I start, in five minutes?]', '](docs/getting-started.md)'],
  ['docs/getting-started.md', 'How do I start, in five minutes?', 'On 2026-11-27'],
  ['docs/comparison.md', '# Why not', 'documentation on 2026-11-27'],
  [
    'docs/getting-started.md',
    'an environment of 542 real packages took 6 seconds with that. One of 792 took 2 seconds',
    'On 2026-11-27'
  ],
  ['docs/getting-started.md', 'With a real image of 48 entries', 'On 2026-11-27'],
  ['docs/getting-started.md', '24 seconds in all', 'On 2026-11-27'],
  ['docs/networks.md', 'a runner of [version 2.327.1]', '](https://github.com/actions/runner/releases/tag/v2.327.1)'],
  [
    'docs/networks.md',
    'about version 3.12 Enterprise Servers',
    '](https://docs.github.com/en/enterprise-server@3.16/graphql/reference/git)'
  ],
  ['docs/networks.md', '16 minutes in all when it was tried', 'on 2026-11-26'],
  ['docs/performance.md', '# How long does a run take?', 'Measured on 2026-11-27'],
  ['docs/pip-packages.md', 'metadata version 2.2', '](https://peps.python.org/pep-0643/)'],
  ['docs/scan-the-environment.md', '| Tool', 'These were tried on 2026-11-27'],
  [
    'docs/scan-the-environment.md',
    "the 791 records of a lock of Pangeo's and 45 packages",
    'These were tried on 2026-11-27'
  ],
  ['docs/scan-the-environment.md', 'exit code 11', 'this printed on 2026-11-27'],
  ['docs/scan-the-environment.md', 'Go took 14 minutes', 'These were tried on 2026-11-27'],
  ['docs/steering.md', 'tell none in 2026', 'in 2026'],
  [
    'docs/troubleshooting.md',
    'after 60 days',
    '](https://docs.github.com/en/actions/using-workflows/disabling-and-enabling-a-workflow)'
  ],
  ['docs/use-the-lockfiles.md', '| conda 26.5', '](https://github.com/conda/conda/pull/16086)'],
  ['docs/use-the-lockfiles.md', '## With conda 26.5 or newer', '](https://github.com/conda/conda/pull/16086)'],
  ['docs/use-the-lockfiles.md', 'Those up to June 2024', 'up to June 2024']
]

/** What has a number in its name. */
export const NAMES =
  /SHA-256|MD5|x86-64|x64|arm64|linux-64|PEP \d+|CEP \d+|BSD-3|python3-venv|Python 3 \(ipykernel\)|CycloneDX 1\.6|\((?:status )?40\d\)|\b40\d\b|exit code(?: is)? [01]/g
