/** The first folded group of a run's log: what a diagnosis needs to know, and nothing that is secret. */
import { expect, test } from '@jest/globals'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { aboutRun } from '../../src/action/about.js'
import { parseSettings } from '../../src/inputs/settings.js'
import { RUNNER, type Given } from '../support/inputs.js'

const solverFolder = fileURLToPath(new URL('../../solver', import.meta.url))

test('it tells versions, where each setting came from, the way to each host, and what is kept', async () => {
  const toolCache = await mkdtemp(join(tmpdir(), 'about-'))
  await mkdir(join(toolCache, 'conda-lock-sync', 'repodata'), { recursive: true })
  const given: Given = {
    token: 'ghs_secret',
    relock: '3',
    labels: 'a\n  b\n',
    'channel-alias': 'https://user:hunter@2@mirror.example/t/tk-123/conda'
  }
  const settings = parseSettings('s.yml', 'relock: 7\nimages:\n  gpu:\n    cuda: "12"\n')
  const environment = {
    HTTPS_PROXY: 'http://me:pa@55@proxy.example:3128',
    NO_PROXY: 'mirror.example',
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem'
  }
  const runner = { ...RUNNER, toolCache }
  const text = await aboutRun({ given: name => given[name] ?? '', settings, runner, environment, solverFolder })
  await rm(toolCache, { recursive: true })

  expect(text.split('\n')).toEqual([
    expect.stringMatching(
      /^conda-lock-sync \d+\.\d+\.\d+, conda-lock \d\S+, pip \d\S+, py-rattler \d\S+, Node\.js v\d/
    ),
    expect.stringMatching(/^Started by schedule on refs\/heads\/main of \S+ at https:/),
    'channel-alias: https://***mirror.example/t/***/conda (workflow)',
    'relock: 3 (workflow)',
    'token: given (workflow)',
    'labels: a | b (workflow)',
    'relock: 7 (s.yml:1, but the workflow sets it)',
    'image gpu, cuda: 12 (s.yml:4)',
    `api.github.com: through the proxy http://proxy.example:3128`,
    'mirror.example: asked directly',
    'NODE_EXTRA_CA_CERTS: /etc/ca.pem',
    `In ${join(toolCache, 'conda-lock-sync')}: repodata`,
    'Cache service: none'
  ])
})
