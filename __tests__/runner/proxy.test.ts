import { describe, expect, test } from '@jest/globals'
import { proxyFor, proxyPasswords } from '../../src/runner/proxy.js'

const PROXIES = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://plain:2' }

function ask(url: string, environment: NodeJS.ProcessEnv): string | undefined {
  return proxyFor(new URL(url), environment)?.href
}

test('by the scheme of the address', () => {
  expect(ask('https://api.github.com/x', PROXIES)).toBe('http://secure:1/')
  expect(ask('http://ghes.example/x', PROXIES)).toBe('http://plain:2/')
  expect(ask('https://api.github.com', { HTTP_PROXY: 'http://plain:2' })).toBeUndefined()
  expect(ask('https://api.github.com', {})).toBeUndefined()
})

test('the lower case of a name comes first, and an empty variable is none', () => {
  expect(ask('https://a.b', { ...PROXIES, https_proxy: 'http://lower:3' })).toBe('http://lower:3/')
  expect(ask('https://a.b', { ...PROXIES, https_proxy: '' })).toBe('http://secure:1/')
  expect(ask('https://a.b', { HTTPS_PROXY: ' ' })).toBeUndefined()
  expect(ask('https://a.b', { ...PROXIES, no_proxy: 'x.y', NO_PROXY: 'a.b' })).toBe('http://secure:1/')
})

test('a proxy without a scheme is one of HTTP', () => {
  expect(ask('https://a.b', { HTTPS_PROXY: 'proxy.example:3128' })).toBe('http://proxy.example:3128/')
})

test.each(['socks5://user:geheim@proxy:1080', 'http://user:geheim@', 'http://user:geheim@proxy:port', '://'])(
  'what is no address of an HTTP proxy is refused without its password: %s',
  given => {
    expect(() => ask('https://a.b', { HTTPS_PROXY: given })).toThrow(/^The variable HTTPS_PROXY is not the address/)
    expect(() => ask('https://a.b', { HTTPS_PROXY: given })).not.toThrow('geheim')
  }
)

describe('NO_PROXY', () => {
  test.each([
    ['*', 'https://any.example', true],
    ['ghes.example', 'https://ghes.example', true],
    ['GHES.Example', 'https://ghes.example', true],
    ['ghes.example.', 'https://ghes.example', true],
    ['ghes.example', 'https://ghes.example.', true],
    ['example', 'https://ghes.example', true],
    ['.example', 'https://ghes.example', true],
    ['*.example', 'https://ghes.example', true],
    ['le', 'https://ghes.example', false],
    ['ghes.example', 'https://notghes.example', false],
    ['ghes.example.evil', 'https://ghes.example', false],
    ['a.b, ghes.example', 'https://ghes.example', true],
    ['a.b ghes.example', 'https://ghes.example', true],
    ['ghes.example:443', 'https://ghes.example', true],
    ['ghes.example:8443', 'https://ghes.example', false],
    ['ghes.example:8443', 'https://ghes.example:8443', true],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/33', 'https://10.1.2.3', false],
    ['10.0.0.1-10.1.2.3', 'https://10.1.2.3', true],
    ['2.3', 'https://10.1.2.3', false],
    ['::1', 'http://[::1]:80', true],
    ['[::1]', 'http://[::1]', true],
    ['[::1]:81', 'http://[::1]', false],
    ['fd00::/8', 'http://[fd12::1]', true],
    ['127.0.0.1', 'http://127.0.0.1:8080', true],
    ['', 'http://127.0.0.1:8080', false]
  ])('%j and %s', (noProxy, url, isDirect) => {
    expect(ask(url, { ...PROXIES, NO_PROXY: noProxy }) === undefined).toBe(isDirect)
  })
})

test('passwords of proxies, as they are written and as they are meant', () => {
  const environment = {
    https_proxy: 'http://ann:p%40ss@proxy:1',
    HTTP_PROXY: 'ann:100%@proxy:1',
    ALL_PROXY: 'socks5://proxy'
  }
  expect(proxyPasswords(environment)).toEqual(['p%40ss', 'p@ss', '100%'])
})
