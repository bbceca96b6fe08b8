/** What is left of a run that was killed, while it waits for a conda that never ends and has started others. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { runAction, startRunner, type ActionRun, type RunnerMachine } from '../support/action.js'
import { startGitHub, type FakeGitHub } from '../support/github.js'
import { SOLVER, toolchainBin } from '../support/toolchain-paths.js'

let folder: string
let conda: string
let server: Server
let github: FakeGitHub
let machine: RunnerMachine

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'killed-'))
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const stay = `require('node:net').connect(${port}, '127.0.0.1').write(process.ppid + ' ' + process.env.RUNNER_TRACKING_ID)`
  conda = join(folder, 'micromamba')
  const node = `'${process.execPath}' -e "${stay}"`
  await writeFile(
    conda,
    `#!/bin/sh\ntrap '' TERM INT HUP\n${node} >/dev/null 2>&1 &\n${node} >/dev/null 2>&1 &\nwait\n`
  )
  await chmod(conda, 0o755)
  github = await startGitHub()
  const token = { contents: 'write', 'pull-requests': 'write' } as const
  github.addToken('t', token)
  const upstream = await github.addRepository('pangeo/images', {})
  await upstream.commit({ 'pangeo-notebook/environment.yml': 'channels: [conda-forge]\ndependencies: [zlib]\n' })
  const own = await github.addRepository('helio/image', {})
  await own.commit({ 'environment.yml': 'channels: [conda-forge]\ndependencies: [zlib]\n' })
  machine = await startRunner()
  await machine.checkout(own, 'main')
  await mkdir(join(folder, 'temp'))
})

afterAll(async () => {
  server.close()
  await Promise.all([github.close(), machine.close()])
  await rm(folder, { recursive: true, force: true })
})

/** What conda has started, once both are connected. They close their connections only when they end. */
async function twoChildren(): Promise<{ conda: number; tracked: string; gone: Promise<unknown> }> {
  const sockets = [await nextSocket(), await nextSocket()]
  const gone = Promise.all(sockets.map(socket => once(socket, 'close')))
  const [text = ''] = await Promise.all(sockets.map(async socket => String(await once(socket, 'data'))))
  const [parent = '', tracked = ''] = text.split(' ')
  return { conda: Number(parent), tracked, gone }
}

async function nextSocket(): Promise<Socket> {
  const [socket] = (await once(server, 'connection')) as [Socket]
  socket.on('error', () => undefined)
  return socket
}

async function parentOf(pid: number): Promise<number> {
  return Number(/^PPid:\s*(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])
}

function start(inputs: Readonly<Record<string, string>> = {}): { run: Promise<ActionRun>; pid: Promise<number> } {
  let started: (pid: number) => void = () => undefined
  const pid = new Promise<number>(resolve => {
    started = resolve
  })
  const run = runAction(machine, {
    github,
    repository: 'helio/image',
    inputs: {
      mode: 'files',
      token: 't',
      'upstream-repository': 'pangeo/images',
      'upstream-api-url': github.apiUrl,
      'conda-executable': conda,
      ...inputs
    },
    environment: { RUNNER_TEMP: join(folder, 'temp'), RUNNER_TRACKING_ID: 'github_1' },
    started
  })
  return { run, pid }
}

test.each([
  ['the action', 'SIGKILL'],
  ['the action', 'SIGTERM'],
  ['the action', 'SIGINT'],
  ['the driver of conda-lock', 'SIGKILL'],
  ['the shell around the driver', 'SIGKILL'],
  ['conda', 'SIGKILL']
] as const)('when %s gets %s, nothing that it has started goes on', async (who, signal) => {
  const waiting = twoChildren()
  const { run, pid } = start()
  const children = await waiting
  const driver = await parentOf(children.conda)
  const pids = {
    'the action': await pid,
    'the driver of conda-lock': driver,
    'the shell around the driver': await parentOf(driver),
    conda: children.conda
  }
  process.kill(pids[who], signal)
  const [ended] = await Promise.all([run, children.gone])
  expect(children.tracked).toBe('github_1')
  expect(ended.exitCode).toBe({ SIGKILL: who === 'the action' ? null : 1, SIGTERM: 143, SIGINT: 130 }[signal])
  expect(await readdir(join(folder, 'temp'))).toHaveLength(who === 'the action' && signal === 'SIGKILL' ? 1 : 0)
})

test('the time of a run is up for all that it has started', async () => {
  const waiting = twoChildren()
  const { run } = start({ timeout: '0.1' })
  const { gone } = await waiting
  const [ended] = await Promise.all([run, gone])
  expect(ended.stdout).toContain('took longer than `timeout` allows')
  expect(await readdir(join(folder, 'temp'))).toEqual([])
})

test('what is shut off ends with the process that has started it', async () => {
  const place = join(folder, 'shut-off')
  const fifo = join(place, 'fifo')
  const program = `
import os, sys
from pathlib import Path
sys.path.insert(0, ${JSON.stringify(SOLVER)})
import sandbox
folder = Path(${JSON.stringify(place)})
sandbox.make_folder(folder)
os.mkfifo(folder / "fifo")
print("ready", flush=True)
sandbox.run_program(["sh", "-c", 'exec 5>"$0"; echo started >&5; sleep 1000 & wait', str(folder / "fifo")], folder)`
  const starter = spawn(join(await toolchainBin(), 'python'), ['-c', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(starter.stdout, 'data')
  // It ends when nobody can write to it any more.
  const writers = createReadStream(fifo)
  await once(writers, 'data')
  starter.kill('SIGKILL')
  await once(writers, 'end')
})
