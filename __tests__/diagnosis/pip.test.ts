/** Why `pip:` sections cannot be locked, by the real conda-lock and the Poetry in it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SyncError } from '../../src/common/errors.js'
import { buildChannel, serveDirectory, type FileServer } from '../support/channel.js'
import { lockOnce } from '../support/lock-once.js'
import { buildIndex } from '../support/pypi.js'

let folder: string
let server: FileServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pip-failures-'))
  await buildChannel(join(folder, 'conda-forge'), [
    { name: 'python', version: '3.12.11', subdir: 'linux-64' },
    { name: 'pip', version: '25.2', depends: ['python'] },
    { name: 'conda-only', version: '1.0', depends: ['python'] }
  ])
  const marker = join(folder, 'built')
  await buildIndex(join(folder, 'pypi'), [
    { name: 'new-glibc', version: '1.0', tag: 'cp312-cp312-manylinux_2_34_x86_64' },
    { name: 'brings-new-glibc', version: '1.0', requires: ['new-glibc'] },
    { name: 'for-a-mac', version: '1.0', tag: 'cp312-cp312-macosx_11_0_arm64' },
    { name: 'old-python', version: '1.0', requiresPython: '<3.9' },
    { name: 'brings-old-python', version: '1.0', requires: ['old_python'] },
    { name: 'one', version: '1.0', requires: ['shared<2'] },
    { name: 'two', version: '1.0', requires: ['shared>=2'] },
    { name: 'shared', version: '1.0' },
    { name: 'shared', version: '2.0' },
    { name: 'no-wheel', version: '1.0', buildMarker: marker },
    { name: 'brings-no-wheel', version: '1.0', requires: ['no.wheel'] },
    { name: 'deep', version: '1.0', requires: ['brings-no-wheel[fast]', 'shared'] },
    { name: 'wants-missing', version: '1.0', requires: ['not-there>=1'] },
    { name: 'wants-conda-only', version: '1.0', requires: ['conda-only'] },
    { name: 'brings-repository', version: '1.0', requires: ['evil @ git+ssh://git@127.0.0.1:1/evil.git'] },
    { name: 'brings-url', version: '1.0', requires: ['evil@http://127.0.0.1:1/evil-1.0-py3-none-any.whl'] },
    { name: 'brings-brings-url', version: '1.0', requires: ['brings-url'] },
    { name: 'down', version: '1.0' }
  ])
  server = await serveDirectory(folder)
  server.fail(/simple\/down\//, 500)
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

/** The text, hint and line of what is said of a `pip:` section, which starts in line 7. */
async function told(requirements: readonly string[], index = `${server.url}/pypi/simple/`, ...conda: string[]) {
  const lines = [...conda, 'python=3.12', 'pip:'].map(text => `  - ${text}`)
  const environment = [
    ...[`channels: [conda-forge]`, `pip-repositories: ['${index}']`, 'allow-pypi-requests: false', 'dependencies:'],
    ...[...lines, ...requirements.map(text => `    - ${text}`), '']
  ].join('\n')
  const error: unknown = await lockOnce({ environments: { 'environment.yml': environment }, alias: server.url }).then(
    () => undefined,
    (reason: unknown) => reason
  )
  if (!(error instanceof SyncError)) throw new Error('nothing was refused', { cause: error })
  const text = `${error.message} ${error.hint}`.replaceAll(server.url, 'http://mirror')
  expect(text).not.toMatch(/<\/?\w+[=>]|-dummy-|Error\b|\n| {2}/)
  return { text, line: error.place?.line }
}

test.concurrent.each([
  [
    ['shared', 'new-glibc'],
    8,
    '`new-glibc 1.0` has no file for linux-64 and Python 3.12.11, only `new_glibc-1.0-cp312-cp312-manylinux_2_34_x86_64.whl`. conda-lock takes wheels for'
  ],
  [
    ['brings-new-glibc'],
    7,
    '`brings-new-glibc` (environment.yml, line 7) brings it in: `brings-new-glibc` → `new-glibc`.'
  ],
  [['for-a-mac'], 7, 'only `for_a_mac-1.0-cp312-cp312-macosx_11_0_arm64.whl`.'],
  [
    ['shared', 'old-python'],
    8,
    'cannot be locked: `old-python 1.0` needs Python <3.9, and Python 3.12.11 is locked. Ask for a version'
  ],
  [['brings_old_python'], 7, '`brings-old-python 1.0` needs `old-python`; `old-python 1.0` needs Python <3.9, and'],
  [
    ['one', 'two'],
    8,
    '`two 1.0` needs `shared >=2`; `one 1.0` needs `shared <2`. `one` (environment.yml, line 7) and `two` (environment.yml, line 8) lead to that.'
  ],
  [['shared', 'shared>3'], 8, 'the package index has no `shared >3`.'],
  [['shared', 'no-such-thing'], 8, 'the package index has no `no-such-thing`. Loosen the spec, or correct the name.'],
  [['wants-missing'], 7, '`wants-missing 1.0` needs `not-there >=1`; the package index has no `not-there >=1`.'],
  [
    ['shared', 'no-wheel'],
    8,
    '`no-wheel 1.0` has no wheel for linux-64 and Python 3.12.11, and what it needs is only known once it is built, which runs its code'
  ],
  [
    ['shared', 'deep'],
    8,
    'does not say what holds for every build. `deep` (environment.yml, line 8) brings it in: `deep` → `brings-no-wheel` → `no-wheel`.'
  ],
  [
    ['shared', 'brings-repository'],
    8,
    '`brings-repository` asks for `evil @ git+ssh://git@127.0.0.1:1/evil.git`, which is an address instead of a package.'
  ],
  [
    ['brings-brings-url'],
    7,
    '`brings-brings-url` (environment.yml, line 7) brings it in: `brings-brings-url` → `brings-url`.'
  ],
  [['down'], 2, 'http://mirror/pypi/simple/down/ could not be fetched.']
])('pip: %j is told with the line of the entry that is to blame (%i)', async (requirements, line, text) => {
  const result = await told(requirements)
  expect(result.text).toContain(text)
  expect(result.line).toBe(line)
})

test.concurrent('an index is found in the file by its address, and its password is not told', async () => {
  const withPassword = `${server.url.replace('//', '//me:s3cret@')}/pypi/simple/`
  const { text, line } = await told(['down'], withPassword)
  expect(text).toContain('http://mirror/pypi/simple/down/ could not be fetched.')
  expect(text).not.toContain('s3cret')
  expect(line).toBe(2)
})

test.concurrent('a package that only conda has is told as that', async () => {
  const { text, line } = await told(['wants-conda-only'], undefined, 'conda-only')
  expect(text).toContain('a pip package needs conda-only 1.0, which is locked from conda, and the package index lacks')
  expect(text).toContain('`wants-conda-only` (environment.yml, line 8) brings it in')
  expect(line).toBe(8)
})
