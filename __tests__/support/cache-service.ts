import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { listen } from './loopback.js'

/** The runner's cache service and its storage, on loopback. */
export interface CacheService {
  /** What the runner tells an action about it. */
  readonly environment: Readonly<Record<string, string>>
  /** Archives by key. */
  readonly entries: Map<string, Buffer>
  /** Refuses to keep anything, as for a run of a pull request from a fork. */
  refuse(): void
  /** Answers nothing from now on; or everything with this status. */
  fail(how: 'silent' | number): void
  /** Its storage answers so much later from now on, or never. */
  delayStorage(milliseconds: number): void
  close(): Promise<void>
}

/** What the service holds. */
interface Store {
  /** Where its storage is. */
  url: string
  refuses: boolean
  failure: 'silent' | number | undefined
  /** Of the storage, in milliseconds. */
  delay: number
  readonly entries: Map<string, Buffer>
  /** Parts of an archive, by id. */
  readonly blocks: Map<string, Buffer>
}

/** Starts a service that holds nothing. */
export async function startCacheService(): Promise<CacheService> {
  const store: Store = { url: '', refuses: false, failure: undefined, delay: 0, entries: new Map(), blocks: new Map() }
  const server = await listen(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const body = await read(request)
    if (store.failure === 'silent') return
    if (store.failure !== undefined) {
      response.writeHead(store.failure).end()
      return
    }
    const key = /^\/blob\/(.*)$/.exec(decodeURIComponent(url.pathname))?.[1]
    if (key === undefined) {
      answerCall(store, url.pathname, body, response)
      return
    }
    if (store.delay === Infinity) return
    await setTimeout(store.delay)
    if (request.method === 'PUT') takeBlob(store, key, url.searchParams, body, response)
    else giveBlob(store, key, url.searchParams, response)
  })
  store.url = server.url
  return {
    environment: {
      ACTIONS_RESULTS_URL: `${server.url}/`,
      ACTIONS_CACHE_SERVICE_V2: 'true',
      // The library takes other hosts for Enterprise Servers, whose cache service is of an older kind.
      GITHUB_SERVER_URL: 'http://github.localhost',
      ACTIONS_RUNTIME_TOKEN: 'token-of-the-runtime'
    },
    entries: store.entries,
    refuse: () => {
      store.refuses = true
    },
    fail: how => {
      store.failure = how
    },
    delayStorage: milliseconds => {
      store.delay = milliseconds
    },
    close: server.close
  }
}

function answerCall({ url, refuses, entries }: Store, path: string, body: Buffer, response: ServerResponse): void {
  const told = JSON.parse(body.toString()) as { readonly key: string; readonly restore_keys?: readonly string[] }
  const blob = (name: string) => `${url}/blob/${encodeURIComponent(name)}?sig=x`
  if (path.endsWith('/CreateCacheEntry')) {
    const ok = !refuses && !entries.has(told.key)
    send(response, { ok, ...(ok ? { signed_upload_url: blob(told.key) } : {}) })
  } else if (path.endsWith('/FinalizeCacheEntryUpload')) {
    send(response, { ok: true, entry_id: '1' })
  } else {
    const wanted = [told.key, ...(told.restore_keys ?? [])]
    const key = wanted.flatMap(prefix => [...entries.keys()].filter(name => name.startsWith(prefix)).reverse())[0]
    send(response, key === undefined ? { ok: false } : { ok: true, signed_download_url: blob(key), matched_key: key })
  }
}

function takeBlob(
  { entries, blocks }: Store,
  key: string,
  query: URLSearchParams,
  body: Buffer,
  response: ServerResponse
): void {
  if (query.get('comp') === 'block') blocks.set(query.get('blockid') ?? '', body)
  else if (query.get('comp') === 'blocklist') {
    const ids = [...body.toString().matchAll(/<Latest>(.*?)<\/Latest>/g)].map(([, id = '']) => id)
    entries.set(key, Buffer.concat(ids.map(id => blocks.get(id) ?? Buffer.alloc(0))))
  } else entries.set(key, body)
  response.writeHead(201, STORAGE).end()
}

function giveBlob({ entries }: Store, key: string, query: URLSearchParams, response: ServerResponse): void {
  const content = entries.get(key) ?? Buffer.alloc(0)
  const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(query.get('range') ?? '') ?? []
  response.writeHead(200, STORAGE).end(content.subarray(Number(from), to === '' ? undefined : Number(to) + 1))
}

/** How the storage tells which API it speaks. */
const STORAGE = { 'x-ms-version': '2024-11-04' }

function send(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(value))
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
