/** A network whose proxy and servers show certificates of the institution's own CA. */
import { afterAll, expect, test } from '@jest/globals'
import { startForwardProxy } from '../support/forward-proxy.js'
import { BARE } from '../support/networks.js'
import { startAuthority } from '../support/tls-front.js'
import { annotations, startWorld } from '../support/world.js'

const world = await startWorld()
const [authority, other] = await Promise.all([startAuthority(), startAuthority()])
const GITHUB = 'ghes.example'
const CONDA = 'conda.example'
const github = await authority.front(world.github.url, [GITHUB])
const channel = await authority.front(world.channel.url, [CONDA])
const proxy = await startForwardProxy({ hosts: { [GITHUB]: github.url, [CONDA]: channel.url } })
afterAll(() => Promise.all([world, authority, other, github, channel, proxy].map(one => one.close())))

const inputs = { mode: 'files', 'upstream-api-url': `https://${GITHUB}/api/v3`, 'channel-alias': `https://${CONDA}` }
const environment = { ...BARE, https_proxy: proxy.url }

test('NODE_EXTRA_CA_CERTS alone: GitHub and the channel are trusted', async () => {
  const project = await world.project('trusted')
  const run = await project.run({ inputs, environment: { ...environment, NODE_EXTRA_CA_CERTS: authority.file } })
  expect(annotations(run, 'error')).toEqual([])
  expect(run.exitCode).toBe(0)
  expect(new Set(proxy.asked)).toEqual(new Set([`${GITHUB}:443`, `${CONDA}:443`]))
})

test('without it, the error names the host and the CA', async () => {
  const project = await world.project('untrusted')
  const run = await project.run({ inputs, environment })
  const [error] = annotations(run, 'error')
  expect(error).toContain(`the certificate of ${GITHUB}, issued by "${authority.name}", is not trusted`)
  expect(error).toContain('NODE_EXTRA_CA_CERTS')
})

test('a channel that is not trusted is told in the same words', async () => {
  const project = await world.project('channel-untrusted')
  const run = await project.run({
    inputs: { ...inputs, 'upstream-api-url': world.github.apiUrl },
    environment: { ...environment, NO_PROXY: '127.0.0.1' }
  })
  const [error] = annotations(run, 'error')
  expect(error).toContain(`the certificate of ${CONDA}, issued by "${authority.name}", is not trusted`)
  expect(error).toContain('NODE_EXTRA_CA_CERTS')
})

test('what is set explicitly wins', async () => {
  const project = await world.project('explicit')
  const run = await project.run({
    inputs,
    environment: { ...environment, NODE_EXTRA_CA_CERTS: authority.file, SSL_CERT_FILE: other.file }
  })
  const [error] = annotations(run, 'error')
  expect(error).toContain(CONDA)
  expect(error).toContain('The solver trusts what SSL_CERT_FILE or SSL_CERT_DIR name')
})

test('an extra file that cannot be read costs a line', async () => {
  const project = await world.project('no-extra-file')
  const run = await project.run({
    inputs: { ...inputs, 'upstream-api-url': world.github.apiUrl, 'channel-alias': world.channel.alias },
    environment: { ...environment, NO_PROXY: '127.0.0.1', NODE_EXTRA_CA_CERTS: '/gone.pem' }
  })
  expect(run.exitCode).toBe(0)
  expect(run.stdout).toContain('NODE_EXTRA_CA_CERTS names a file that cannot be read')
})
