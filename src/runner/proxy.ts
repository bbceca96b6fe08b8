import { BlockList, isIP } from 'node:net'
import { SyncError } from '../common/errors.js'

/**
 * The proxy for requests to an address, by the variables that curl and Node know; the lower case of a name comes first.
 * @returns undefined if the host is asked directly
 * @throws SyncError of kind `input` if the variable has no address of an HTTP proxy
 * @see https://everything.curl.dev/usingcurl/proxies/env.html
 */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv): URL | undefined {
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const given = variable(environment, name)
  return given === undefined || isExempt(url, environment) ? undefined : parseProxy(name.toUpperCase(), given)
}

/** An empty variable is no variable. */
function variable(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  return [environment[name], environment[name.toUpperCase()]].map(value => value?.trim()).find(value => value)
}

function parseProxy(name: string, given: string): URL {
  const address = given.includes('://') ? given : `http://${given}`
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.hostname !== '') return url
  // Not said what it is: there may be a password in it.
  throw new SyncError('input', `The variable ${name} is not the address of an HTTP proxy.`, {
    hint: 'Write it as `http://HOST:PORT` or `http://USER:PASSWORD@HOST:PORT`, with special characters in the password as `%XX`.'
  })
}

/** The header by which a proxy knows its user, if its address names one. */
export function proxyAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`
}

/** The passwords in the addresses of proxies, as they are written there and as they are meant. */
export function proxyPasswords(environment: NodeJS.ProcessEnv): string[] {
  const addresses = ['https_proxy', 'http_proxy', 'all_proxy'].map(name => variable(environment, name))
  const written = addresses.flatMap(address => /:([^:/@]+)@[^@]*$/.exec(address ?? '')?.[1] ?? [])
  return [...new Set(written.flatMap(text => [text, decoded(text)]))]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // A `%` that stands for itself.
  }
}

/** Whether `NO_PROXY` names the host: by name, by a domain above it, by address, or by network. */
function isExempt(url: URL, environment: NodeJS.ProcessEnv): boolean {
  const host = plainHost(url.hostname)
  const port = url.port === '' ? { 'https:': '443', 'http:': '80' }[url.protocol] : url.port
  const entries = (variable(environment, 'no_proxy') ?? '').split(/[\s,]+/).filter(entry => entry !== '')
  return entries.some(entry => {
    if (entry === '*') return true
    const [, name = entry, only] = /^([^:]+|\[[^\]]*\]):(\d+)$/.exec(entry) ?? []
    return (only === undefined || only === port) && covers(name, host)
  })
}

/** Without the brackets of an IPv6 address, and without the dot at the end of a complete name. */
function plainHost(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

function covers(entry: string, host: string): boolean {
  if (isIP(host) !== 0) return coversAddress(entry, host)
  const name = plainHost(entry.replace(/^\*?\./, ''))
  return host === name || host.endsWith(`.${name}`)
}

/** A single address, `10.0.0.0/8`, or `10.0.0.1-10.0.0.9`. */
function coversAddress(entry: string, host: string): boolean {
  const [, first = '', kind, last = ''] = /^([^/-]+)(?:([/-])(.+))?$/.exec(plainHost(entry)) ?? []
  const family = isIP(first) === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  if (isIP(first) === 0) return false
  if (kind === undefined) list.addAddress(first, family)
  else if (kind === '-' && isIP(last) === isIP(first)) list.addRange(first, last, family)
  else if (kind === '/' && /^\d+$/.test(last) && Number(last) <= (family === 'ipv6' ? 128 : 32)) {
    list.addSubnet(first, Number(last), family)
  }
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}
