/**
 * Runs the shell commands of the documents word for word, in a scratch home: those of the README in a clone of this repository, those
 * of docs/ in a clone of a repository that has an environment file and nothing else; and the workflows, by act. What is marked as
 * not run here is counted. The package is packed as npm would publish it, and conda-forge is a small channel on loopback.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { ROOT } from '../__tests__/support/action.js'
import { readPages, type Block } from '../__tests__/support/documents.js'
import { OWN_YML, startChannel } from '../__tests__/support/world.js'
import { inScratch } from '../src/runner/scratch.js'
import { runSnippets } from './run-snippets.js'

async function run(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', command], { cwd, env, stdio: 'inherit' })
  await once(child, 'close')
  return child.exitCode === 0
}

/** An `npx` that knows this package before it is published. */
async function fakeNpx(folder: string, archive: string, channel: string): Promise<void> {
  const npx = join(folder, 'npx')
  const real = join(dirname(process.execPath), 'npx')
  const lines = [
    '#!/bin/bash',
    `if [ "$*" != "conda-lock-sync init" ]; then set -- "$@" --channel-alias '${channel}'; fi`,
    `exec '${real}' --yes --package='${archive}' "$@"`
  ]
  await mkdir(folder)
  await writeFile(npx, `${lines.join('\n')}\n`)
  await chmod(npx, 0o755)
}

/** Whoever commits has told git who they are. */
const PERSON = {
  GIT_AUTHOR_NAME: 'A reader',
  GIT_AUTHOR_EMAIL: 'reader@example.org',
  GIT_COMMITTER_NAME: 'A reader',
  GIT_COMMITTER_EMAIL: 'reader@example.org'
}

/** @returns the blocks that failed */
async function runBlocks(blocks: readonly Block[], scratch: string, channel: string): Promise<Block[]> {
  const folders = { home: join(scratch, 'home'), clone: join(scratch, 'clone'), image: join(scratch, 'image') }
  const prepared = [
    `npm pack --silent --pack-destination '${scratch}' '${ROOT}'`,
    `git clone --quiet '${ROOT}' '${folders.clone}'`,
    `git init --quiet --bare '${join(scratch, 'remote')}'`,
    `git clone --quiet '${join(scratch, 'remote')}' '${folders.image}'`
  ]
  for (const command of prepared) if (!(await run(command, scratch, process.env))) throw new Error(`failed: ${command}`)
  await mkdir(folders.home)
  await writeFile(join(folders.image, 'environment.yml'), OWN_YML)
  const archive = (await readdir(scratch)).find(name => name.endsWith('.tgz')) ?? 'nothing'
  await fakeNpx(join(scratch, 'bin'), join(scratch, archive), channel)
  const path = `${join(scratch, 'bin')}${delimiter}${process.env.PATH ?? ''}`
  const failed: Block[] = []
  for (const block of blocks) {
    console.log(`\n== ${block.page}, line ${block.line}\n$ ${block.text.replaceAll('\n', '\n$ ')}`)
    const cwd = block.page.startsWith('docs/') ? folders.image : folders.clone
    if (!(await run(block.text, cwd, { ...process.env, ...PERSON, HOME: folders.home, PATH: path }))) failed.push(block)
  }
  return failed
}

const blocks = (await readPages()).flatMap(page => page.blocks)
const toRun = blocks.filter(({ notRun }) => notRun === undefined)
const shell = toRun.filter(({ language }) => language === 'sh')
// A stranger's home has no toolchain.
delete process.env.RUNNER_TOOL_CACHE
const channel = await startChannel()
try {
  const commands = await inScratch(scratch => runBlocks(shell, scratch, channel.alias))
  const workflows = await runSnippets(toRun)
  const failed = [...commands, ...workflows.failed]
  const count = shell.length + workflows.count
  console.log(
    `\n${count - failed.length} of ${count} blocks did; ${blocks.length - toRun.length} are marked as not run.`
  )
  for (const { page, line } of failed) console.log(`failed: ${page}, line ${line}`)
  process.exitCode = failed.length > 0 ? 1 : 0
} finally {
  await channel.close()
}
