import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT, TOOL_CACHE } from '../__tests__/support/action.js'
import { messageOf } from '../src/common/errors.js'
import { block } from '../src/common/markdown.js'
import { byKey, decodeUrl, type LockedPackage } from '../src/lockfile/package.js'
import { parseUnifiedLock } from '../src/lockfile/unified.js'
import { inScratch } from '../src/runner/scratch.js'
import { indexFor, readPackageIndex } from '../src/toolchain/package-index.js'
import { lastLine, pipEnvironment, pipInstall, runProcess, uvEnvironment } from '../src/toolchain/process.js'

// `npm run toolchain -- [--OPTION VALUE …]`
//
// Locks examples/environment.yml on the real conda-forge, with the pinned conda-lock and py-rattler, with the newest ones, and with
// the micromamba on PATH, and prints where the locks part. Ends with 1 if they do, or if one can't be had. Options go on to the
// command line of the action; `--channel-alias` names another server.

const options = process.argv.slice(2)
const ENVIRONMENT = join(ROOT, 'examples', 'environment.yml')

/** A lock made by one of the toolchains. */
interface Attempt {
  readonly title: string
  /** By platform, manager and name. */
  readonly packages: ReadonlyMap<string, LockedPackage>
}

/** @throws Error with the line of the program that says why */
async function mustRun(program: string, args: readonly string[], environment: Record<string, string>): Promise<string> {
  const result = await runProcess(program, args, { environment })
  if (result?.exitCode !== 0) throw new Error(`${program}: ${result === undefined ? 'not found' : lastLine(result)}`)
  return result.stdout
}

/** @param action the folder of an action */
async function lock(title: string, action: string, folder: string, ...more: readonly string[]): Promise<Attempt> {
  await mkdir(folder)
  await cp(ENVIRONMENT, join(folder, 'environment.yml'))
  const args = ['--working-directory', folder, '--upstream-files', 'none', ...more, ...options]
  const environment = { ...pipEnvironment(process.env), XDG_CACHE_HOME: TOOL_CACHE }
  await mustRun(process.execPath, [join(action, 'dist', 'cli.js'), ...args], environment)
  return { title, packages: byKey(parseUnifiedLock(await readFile(join(folder, 'conda-lock.yml'), 'utf8')).packages) }
}

async function versionsOf(action: string): Promise<string> {
  const text = await readFile(join(action, 'solver', 'requirements.txt'), 'utf8')
  return [...text.matchAll(/^(conda-lock|py-rattler)==(\S+)/gm)].map(found => found.slice(1).join(' ')).join(', ')
}

/** Copies the action to a folder, with its toolchain pinned to what is newest today. */
async function copyWithNewest(folder: string): Promise<void> {
  for (const part of ['dist', 'solver', 'package.json']) {
    await cp(join(ROOT, part), join(folder, part), { recursive: true })
  }
  const solver = join(folder, 'solver')
  const wanted = join(solver, 'requirements.in')
  await writeFile(wanted, (await readFile(wanted, 'utf8')).replace(/==.*$/gm, ''))
  const tools = join(folder, 'tools')
  const index = await readPackageIndex('python3', process.env)
  const pip = indexFor('pip', index, pipEnvironment(process.env))
  await mustRun('python3', [...pipInstall(join(solver, 'uv.txt')), '--target', tools], pip)
  const locked = join(solver, 'requirements.txt')
  const files = ['--quiet', '--upgrade', '--output-file', locked, wanted]
  const uv = indexFor('uv', index, uvEnvironment(process.env))
  await mustRun(join(tools, 'bin', 'uv'), [...compileOptions(await readFile(locked, 'utf8')), ...files], uv)
}

/** What the command that made a file of requirements gave to uv, without the files: uv writes it into the second line. */
function compileOptions(requirements: string): string[] {
  const [, command = ''] = requirements.split('\n')
  return command
    .split(/\s+/)
    .slice(2)
    .filter(word => !word.startsWith('--output-file') && word !== 'requirements.in')
}

/** What two locks have of each package that is not the same. */
function differences(pinned: Attempt, other: Attempt, tell: (pin: LockedPackage) => string): string[] {
  const told = (pin: LockedPackage | undefined) => (pin === undefined ? 'nothing' : tell(pin))
  const keys = new Set([...pinned.packages.keys(), ...other.packages.keys()])
  return [...keys].sort().flatMap(key => {
    const [one, two] = [told(pinned.packages.get(key)), told(other.packages.get(key))]
    return one === two ? [] : [`${key}: ${one} (pinned), ${two} (${other.title})`]
  })
}

const full = ({ version, build, url }: LockedPackage) => `${version} ${build} ${decodeUrl(url)}`

/** Whether something is wrong, and what there is to say, as Markdown. */
async function compareToolchains(scratch: string): Promise<{ isWrong: boolean; lines: readonly string[] }> {
  const newest = join(scratch, 'newest-action')
  await copyWithNewest(newest)
  const pinned = await lock(`${await versionsOf(ROOT)}, as pinned`, ROOT, join(scratch, 'pinned'))
  const others = [
    // What is newest has to give the same files, what solves otherwise the same versions: it may choose another build of two.
    { tell: full, make: async () => lock(`${await versionsOf(newest)}, the newest`, newest, join(scratch, 'newest')) },
    {
      tell: ({ version }: LockedPackage) => version,
      make: async () => {
        const version = (await mustRun('micromamba', ['--version'], pipEnvironment(process.env))).trim()
        return lock(`micromamba ${version}`, ROOT, join(scratch, 'micromamba'), '--conda-executable', 'micromamba')
      }
    }
  ]
  const lines = [`- ${pinned.title}: ${pinned.packages.size} packages`]
  let isWrong = false
  for (const { tell, make } of others) {
    try {
      const other = await make()
      const parted = differences(pinned, other, tell)
      const inBuild = differences(pinned, other, full).length - parted.length
      isWrong ||= parted.length > 0
      const told = parted.length === 0 ? 'the same' : `${parted.length} differ`
      lines.push(
        `- ${other.title}: ${other.packages.size} packages, ${told}${inBuild > 0 ? `, ${inBuild} in the build alone` : ''}`
      )
      if (parted.length > 0) lines.push(block('text', parted.join('\n')))
    } catch (error) {
      isWrong = true
      lines.push(block('text', messageOf(error)))
    }
  }
  return { isWrong, lines }
}

const { isWrong, lines } = await inScratch(compareToolchains)
console.log(lines.join('\n\n'))
process.exitCode = isWrong ? 1 : 0
