/** What a package can reach while it is built to learn what it needs, and which packages are built at all. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { access, mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runAction, startRunner, type ActionRun, type RunnerMachine } from '../support/action.js'
import { buildChannel, serveDirectory, type FileServer } from '../support/channel.js'
import { startGitHub, type FakeGitHub, type Repository } from '../support/github.js'
import { buildIndex } from '../support/pypi.js'

const TOKEN = 'ghs_tokenOfTheRunner'
const PASSWORD = 'password-in-a-file'

let folder: string
let server: FileServer
let github: FakeGitHub
let machine: RunnerMachine
let upstream: Repository
let own: Repository

/** A build backend that tries to read every token, to reach a network, to leave a mark and to stay; it prints what it got. */
function spy(runnerFolder: string, marker: string, url: string): string {
  return `
import os, socket, subprocess, sys, urllib.request
from pathlib import Path

def attempt(what, act):
    try:
        print("SPY", what, "got", act())
    except BaseException as error:
        print("SPY", what, "refused", type(error).__name__)

def everything():
    attempt("environment", lambda: [value for value in os.environ.values() if "ghs_" in value][0])
    ancestor = os.getppid()
    for number in range(1, 5):
        for file in ("environ", "cmdline", "mem", "maps"):
            attempt(f"ancestor's {file}", lambda: Path(f"/proc/{ancestor}/{file}").open("rb").read(1))
        ancestor = max(ancestor - 1, 1)
    attempt("list of processes", lambda: len(os.listdir("/proc")))
    attempt("runner's folder", lambda: os.listdir(${JSON.stringify(runnerFolder)}))
    attempt("checkout", lambda: Path(${JSON.stringify(runnerFolder)}, "work space", ".git", "config").read_text())
    attempt("home", lambda: os.listdir(${JSON.stringify(homedir())}))
    attempt("settings of pip", lambda: Path("/etc/pip.conf").read_text())
    attempt("mark", lambda: Path(${JSON.stringify(marker)}).write_text("built"))
    attempt("output of the step", lambda: Path(${JSON.stringify(runnerFolder)}, "work space", "new").write_text("x"))
    attempt("index", lambda: urllib.request.urlopen(${JSON.stringify(url)}, timeout=5).read())
    attempt("local socket, as of Docker", lambda: socket.socket(socket.AF_UNIX))
    attempt("a child that outlives it", lambda: subprocess.run(["true"], start_new_session=True))
    attempt("signal", lambda: os.kill(os.getppid(), 0))
    code = f"open('/proc/{os.getppid()}/environ').read()"
    attempt("ancestor, by a child", lambda: subprocess.run([sys.executable, "-c", code], check=True, capture_output=True))

everything()
METADATA = "Metadata-Version: 2.1\\nName: spy\\nVersion: 1.0\\nRequires-Dist: helper\\n"

def get_requires_for_build_wheel(config_settings=None):
    return ["build-tool>=1"]

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    import build_tool
    everything()
    info = Path(metadata_directory, "spy-1.0.dist-info")
    info.mkdir()
    info.joinpath("METADATA").write_text(METADATA)
    return info.name
`
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-from-source-'))
  machine = await startRunner()
  server = await serveDirectory(folder)
  await buildChannel(join(folder, 'conda-forge'), [
    { name: 'python', version: '3.12.11', build: 'h9e4cc4f_0_cpython', subdir: 'linux-64' },
    { name: 'pip', version: '25.2', depends: ['python'] }
  ])
  const buildMarker = join(folder, 'built')
  const backend = spy(dirname(machine.workspace), buildMarker, `${server.url}/pypi/simple/`)
  const hidden = { version: '1.0', buildMarker }
  await buildIndex(join(folder, 'pypi'), [
    { name: 'helper', version: '1.0' },
    { name: 'build-tool', version: '1.1' },
    { name: 'spy', ...hidden, archive: { 'backend.py': backend, 'PKG-INFO': null } },
    { name: 'brings-spy', version: '1.0', requires: ['spy'] },
    { name: 'other', ...hidden, archive: { 'PKG-INFO': null } },
    {
      name: 'broken',
      ...hidden,
      archive: { 'backend.py': 'raise SystemExit("no <b>compiler</b>")', 'PKG-INFO': null }
    },
    {
      name: 'asks-for-an-address',
      ...hidden,
      archive: {
        'PKG-INFO': null,
        'pyproject.toml':
          '[build-system]\nrequires = ["other @ https://host.example/other.tar.gz"]\nbuild-backend = "x"\n'
      }
    },
    {
      name: 'needs-a-source',
      ...hidden,
      archive: { 'PKG-INFO': null, 'pyproject.toml': '[build-system]\nrequires = ["other"]\nbuild-backend = "x"\n' }
    }
  ])
  github = await startGitHub()
  github.addToken(TOKEN, { contents: 'write', 'pull-requests': 'write' })
  upstream = await github.addRepository('pangeo/images', {})
  own = await github.addRepository('helio/image', {})
})

beforeEach(async () => {
  await upstream.commit({ 'pangeo-notebook/environment.yml': 'channels: [conda-forge]\ndependencies: [python=3.12]\n' })
})

afterAll(async () => {
  await Promise.all([server.close(), github.close(), machine.close()])
  await rm(folder, { recursive: true, force: true })
})

const pip = (...requirements: readonly string[]) => `  - pip:\n${requirements.map(line => `    - ${line}\n`).join('')}`

/** Locks with these requirements in the repository's own file. */
async function run(requirements: string, inputs: Readonly<Record<string, string>>): Promise<ActionRun> {
  const index = `pip-repositories: ['${server.url}/pypi/simple/']\nallow-pypi-requests: false\n`
  await own.commit({
    'environment.yml': `channels: [conda-forge]\n${index}dependencies:\n  - python=3.12\n${requirements}`,
    'lookup.json': '{}'
  })
  await machine.checkout(own, 'main')
  await machine.write('.git/config', `[http]\nextraheader = ${PASSWORD}\n`)
  return runAction(machine, {
    github,
    repository: 'helio/image',
    inputs: {
      mode: 'files',
      token: TOKEN,
      'upstream-repository': 'pangeo/images',
      'upstream-api-url': github.apiUrl,
      'channel-alias': server.url,
      'pypi-lookup-file': 'lookup.json',
      ...inputs
    },
    environment: { ACTIONS_RUNTIME_TOKEN: TOKEN }
  })
}

test('a named package is built to learn what it needs, with nothing of the runner in its reach', async () => {
  const locked = await run(pip('brings-spy'), { 'build-from-source': 'Spy' })
  const attempts = locked.stdout.split('\n').filter(line => line.startsWith('SPY'))
  expect(attempts.filter(line => !line.includes(' refused '))).toEqual([])
  expect(attempts.length).toBeGreaterThan(40)
  expect(locked.stdout.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(TOKEN)
  expect(locked.stdout).not.toContain(PASSWORD)
  await expect(access(join(folder, 'built'))).rejects.toThrow('ENOENT')
  expect(locked.exitCode).toBe(0)
  const companion = await machine.read('conda-linux-64.pip.txt')
  expect(companion).toMatch(/^--only-binary :all:\n--no-binary spy\nbrings-spy @ /m)
  expect(companion).toMatch(/^helper @ http:\S+helper-1\.0-py3-none-any\.whl --hash=sha256:/m)
  expect(companion).toMatch(/^spy @ http:\S+spy-1\.0\.tar\.gz --hash=sha256:[0-9a-f]{64}$/m)
  expect(locked.summary).toContain('1 pip package is locked without a wheel: `spy 1.0`. It is built when installed')
})

test('nothing but named packages is built, and what cannot be is refused, all at once', async () => {
  const failed = await run(pip('other', 'broken', 'asks-for-an-address', 'needs-a-source'), {
    'build-from-source': 'spy\nbroken\nasks-for-an-address\nneeds-a-source'
  })
  expect(failed.exitCode).toBe(1)
  const errors = failed.stdout.split('\n').filter(line => line.startsWith('::error '))
  expect(errors.map(line => /file=environment\.yml,line=(\d+)::/.exec(line)?.[1])).toEqual(['7', '8', '9', '10'])
  const [other, broken, address, source] = errors
  expect(other).toContain('name `other` in `build-from-source`, if you trust its code.')
  expect(broken).toContain(
    '`broken 1.0` has no wheel for linux-64 and Python 3.12.11, and what it needs could not be learnt'
  )
  expect(broken).toContain('its build failed: no <b>compiler</b>')
  expect(address).toContain('its build asks for an address: other @ https://host.example/other.tar.gz')
  expect(source).toContain('its build failed: ERROR: No matching distribution found for other')
  await expect(access(join(folder, 'built'))).rejects.toThrow('ENOENT')
})

test("nothing is built for upstream's files", async () => {
  const theirs = `channels: [conda-forge]\ndependencies:\n  - python=3.12\n${pip('other')}`
  await upstream.commit({ 'pangeo-notebook/environment.yml': theirs })
  const failed = await run(pip('helper'), { 'build-from-source': 'other' })
  expect(failed.exitCode).toBe(1)
  expect(failed.stdout).toMatch(/^::error .*file=NBenvironment\.yml,line=5::/m)
  expect(failed.stdout).toContain("as nothing is built for upstream's files")
  expect((await run(pip('other'), { 'build-from-source': 'other' })).exitCode).toBe(0)
})
