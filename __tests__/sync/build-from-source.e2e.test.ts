/** What a package can reach while it is built to learn what it needs, and which packages are built at all. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { access, mkdtemp, readdir, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT, runAction, startRunner, TOOL_CACHE, type ActionRun, type RunnerMachine } from '../support/action.js'
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

/**
 * Python that tries to read every token, to reach a network, to change what is kept, to leave a mark and to stay; it prints
 * what it got.
 */
function spy(runnerFolder: string, marker: string, url: string): string {
  const text = (...path: readonly string[]) => JSON.stringify(join(...path))
  return `
import ctypes, os, socket, subprocess, sys, urllib.request
from pathlib import Path

def attempt(what, act):
    try:
        print("SPY", what, "got", act(), flush=True)
    except BaseException as error:
        print("SPY", what, "refused", type(error).__name__, flush=True)

def one_of(paths):
    for path in paths:
        try:
            return [str(path), path.open("rb").read(1)]
        except OSError as error:
            last = error
    raise last

def call(name, *arguments):
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
    return name

def overwrite(path):
    Path(path).write_text("import os")

def everything():
    attempt("environment", lambda: [value for value in os.environ.values() if "ghs_" in value][0])
    others = [number for number in range(max(os.getppid() - 2000, 1), os.getppid())] + [1]
    for file in ("environ", "cmdline", "mem", "maps", "fd/0", "fd/1"):
        attempt(f"other processes' {file}", lambda: one_of(Path(f"/proc/{number}/{file}") for number in others))
    attempt("list of processes", lambda: len(os.listdir("/proc")))
    attempt("memory of the parent", lambda: call("ptrace", 16, os.getppid(), None, None))
    attempt("runner's folder", lambda: os.listdir(${text(runnerFolder)}))
    attempt("checkout", lambda: Path(${text(runnerFolder, 'work space', '.git', 'config')}).read_text())
    attempt("home", lambda: os.listdir(${text(homedir())}))
    attempt("settings of pip", lambda: Path("/etc/pip.conf").read_text())
    attempt("mark", lambda: overwrite(${text(marker)}))
    attempt("file in the checkout", lambda: overwrite(${text(runnerFolder, 'work space', 'new')}))
    attempt("file in the home", lambda: overwrite(${text(homedir(), '.conda-lock-sync-spy')}))
    for name in ("GITHUB_ENV", "GITHUB_PATH"):
        attempt(name, lambda: overwrite(${text(dirname(marker))} + "/" + name))
    attempt("toolchain", lambda: os.listdir(${text(TOOL_CACHE, 'conda-lock-sync')}))
    attempt("new in the toolchain", lambda: overwrite(${text(TOOL_CACHE, 'conda-lock-sync', 'spy.pth')}))
    attempt("action", lambda: overwrite(${text(ROOT, 'solver', 'spy.py')}))
    attempt("index", lambda: urllib.request.urlopen(${JSON.stringify(url)}, timeout=5).read())
    attempt("local socket, as of Docker", lambda: socket.socket(socket.AF_UNIX))
    attempt("local messages, as to the log", lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
    attempt("a child that outlives it", lambda: subprocess.run(["true"], start_new_session=True))
    attempt("signal", lambda: os.kill(os.getppid(), 0))
    attempt("another user", lambda: subprocess.run(["sudo", "-n", "true"], check=True, capture_output=True))
    code = f"open('/proc/{os.getppid()}/environ').read()"
    attempt("parent, by a child", lambda: subprocess.run([sys.executable, "-SEc", code], check=True, capture_output=True))

everything()
`
}

/** A build backend that spies at each of its hooks, and makes a wheel that spies when Python starts. */
function spyingBackend(code: string): string {
  return `${code}
METADATA = "Metadata-Version: 2.1\\nName: spy\\nVersion: 1.0\\nRequires-Dist: helper\\n"
SPY = ${JSON.stringify(code)}

def get_requires_for_build_wheel(config_settings=None):
    return ["build-tool>=1"]

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    import build_tool
    everything()
    info = Path(metadata_directory, "spy-1.0.dist-info")
    info.mkdir()
    info.joinpath("METADATA").write_text(METADATA)
    return info.name

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    import build_tool, zipfile
    everything()
    files = {"spy.pth": "import pip_spy", "pip_spy.py": SPY, "spy-1.0.dist-info/METADATA": METADATA}
    files["spy-1.0.dist-info/WHEEL"] = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    files["spy-1.0.dist-info/RECORD"] = ""
    with zipfile.ZipFile(Path(wheel_directory, "spy-1.0-py3-none-any.whl"), "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
    return "spy-1.0-py3-none-any.whl"
`
}

/** Files of a conda package that spies when Python starts, whatever its version. */
function spyingFiles(code: string): Record<string, string> {
  const folders = [10, 11, 12, 13, 14].map(minor => `lib/python3.${minor}/site-packages`)
  const files = folders.map(folder => ({
    [`${folder}/conda_spy.pth`]: 'import conda_spy',
    [`${folder}/conda_spy.py`]: code
  }))
  return files.reduce((all, each) => ({ ...all, ...each }), {})
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-from-source-'))
  machine = await startRunner()
  server = await serveDirectory(folder)
  const buildMarker = join(folder, 'built')
  const code = spy(dirname(machine.workspace), buildMarker, `${server.url}/pypi/simple/`)
  await buildChannel(join(folder, 'conda-forge'), [
    { name: 'python', version: '3.12.11', build: 'h9e4cc4f_0_cpython', subdir: 'linux-64', realPython: true },
    { name: 'pip', version: '25.2', depends: ['python'], realPip: true },
    {
      name: 'conda-spy',
      version: '1.0',
      subdir: 'linux-64',
      files: spyingFiles(code),
      scripts: {
        'bin/.conda-spy-post-link.sh': `#!/bin/sh\necho SPY link script got run; echo run > '${buildMarker}'\n`
      }
    }
  ])
  const backend = spyingBackend(code)
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
    environment: {
      ACTIONS_RUNTIME_TOKEN: TOKEN,
      GITHUB_TOKEN: TOKEN,
      GITHUB_ENV: join(folder, 'GITHUB_ENV'),
      GITHUB_PATH: join(folder, 'GITHUB_PATH')
    }
  })
}

/** Whoever spied so often got nothing of the runner, and left nothing there. */
async function expectNothing(locked: ActionRun, times: number): Promise<void> {
  const attempts = locked.stdout.split('\n').filter(line => line.includes('SPY'))
  expect(attempts.filter(line => !line.includes(' refused '))).toEqual([])
  expect(attempts.filter(line => line.includes('SPY environment'))).toHaveLength(times)
  expect(attempts.length).toBeGreaterThan(25 * times)
  expect(locked.stdout.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(TOKEN)
  expect(locked.stdout).not.toContain(PASSWORD)
  for (const name of ['built', 'GITHUB_ENV', 'GITHUB_PATH']) {
    await expect(access(join(folder, name))).rejects.toThrow('ENOENT')
  }
}

test('a named package is built to learn what it needs, with nothing of the runner in its reach', async () => {
  const locked = await run(pip('brings-spy'), { 'build-from-source': 'Spy' })
  // As its module is loaded for each of two hooks, and in one of them.
  await expectNothing(locked, 3)
  expect(locked.exitCode).toBe(0)
  const companion = await machine.read('conda-linux-64.pip.txt')
  expect(companion).toMatch(/^--only-binary :all:\n--no-binary spy\nbrings-spy @ /m)
  expect(companion).toMatch(/^helper @ http:\S+helper-1\.0-py3-none-any\.whl --hash=sha256:/m)
  expect(companion).toMatch(/^spy @ http:\S+spy-1\.0\.tar\.gz --hash=sha256:[0-9a-f]{64}$/m)
  expect(locked.summary).toContain('1 pip package is locked without a wheel: `spy 1.0`. It is built when installed')
})

test('a trial runs what nobody has reviewed, with nothing of the runner in its reach', async () => {
  const program = 'import build_tool, helper, sys; print("HONEST", sys.prefix.endswith("prefix"))'
  const tried = await run(`  - conda-spy\n${pip('spy', 'build-tool')}`, {
    'build-from-source': 'spy',
    'trial-install': 'true',
    'trial-command': `python\n-c\n${program}`
  })
  expect(tried.stdout).toMatch(/^HONEST True$/m)
  expect(tried.exitCode).toBe(0)
  // Thrice for metadata, thrice for a wheel, and at each start of Python: of pip by one package, of the command by both.
  await expectNothing(tried, 9)
  expect(await readdir(join(TOOL_CACHE, 'conda-lock-sync'))).not.toContain('packages')
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
