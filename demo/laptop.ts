import { spawn } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TOOL_CACHE } from '../__tests__/support/action.js'
import { serveDirectory } from '../__tests__/support/channel.js'
import { startGitHub } from '../__tests__/support/github.js'
import { readHistory } from './history.js'
import { inScratch } from '../src/runner/scratch.js'
import { COPIES, installToolchain, main, StageError, UPSTREAM } from './stage.js'

const OWN_FILE = 'name: own\nchannels: [conda-forge]\ndependencies: [astropy, tqdm]\n'

/**
 * The command as somebody uses it at home: packed as npm would publish it, and started by npx in an empty folder, on real
 * upstream files. `DATA` is as for `npm run replay`; only GitHub and the channel are on loopback.
 */
async function laptop(): Promise<void> {
  const data = process.argv[2]
  if (data === undefined) throw new StageError('Usage: npm run laptop -- DATA, a folder with history/ and channel/.')
  const [before, now] = (await readHistory(join(data, 'history'))).slice(-2)
  if (before === undefined || now === undefined) throw new StageError(`${data}/history has less than two commits.`)
  await installToolchain()
  const [github, channels] = await Promise.all([startGitHub(), serveDirectory(join(data, 'channel'))])
  try {
    const upstream = await github.addRepository(UPSTREAM, before.files)
    await inScratch(async scratch => {
      const home = await atHome(scratch)
      const copies = Object.entries(COPIES).flatMap(([path, local]) => ['--upstream-files', `${path}: ${local}`])
      const loopback = ['--upstream-api-url', github.apiUrl, '--channel-alias', channels.url]
      const options = ['--working-directory', '../my-image', ...copies, ...loopback]
      const run = async (...more: readonly string[]) => {
        const words = ['conda-lock-sync', ...options, ...more]
        console.log(`\n$ npx ${words.map(word => (word.includes(' ') ? `'${word}'` : word)).join(' ')}`)
        await runProgram('npx', ['--yes', `--package=${home.archive}`, ...words], home.cwd)
        console.log(`$ ls ../my-image\n${(await readdir(join(scratch, 'my-image'))).join('  ')}`)
      }
      console.log(`Upstream is at ${before.name}; my-image has nothing but an environment.yml.`)
      await run()
      await upstream.commit(now.files)
      console.log(`\nUpstream moves on to ${now.name}.`)
      await run('--dry-run')
      await run()
      await run('--mode', 'check')
    })
  } finally {
    await Promise.all([github.close(), channels.close()])
  }
}

/** An empty folder beside an image, and the package as `npm pack` makes it. */
async function atHome(scratch: string): Promise<{ archive: string; cwd: string }> {
  const cwd = join(scratch, 'somewhere')
  await Promise.all([mkdir(cwd), mkdir(join(scratch, 'my-image'))])
  await writeFile(join(scratch, 'my-image', 'environment.yml'), OWN_FILE)
  const root = dirname(dirname(fileURLToPath(import.meta.url)))
  await runProgram('npm', ['pack', '--silent', '--pack-destination', scratch], root)
  const archive = (await readdir(scratch)).find(name => name.endsWith('.tgz'))
  if (archive === undefined) throw new StageError('npm packed nothing.')
  return { archive: join(scratch, archive), cwd }
}

/** What the program prints is shown as it comes. */
async function runProgram(program: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(program, args, { cwd, stdio: 'inherit', env: { ...process.env, XDG_CACHE_HOME: TOOL_CACHE } })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new StageError(`${program} failed with exit code ${String(code)}.`)
}

await main(laptop)
