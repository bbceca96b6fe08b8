import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The runner's cache service and its storage, on loopback. */
export interface CacheService {
  /** What the runner tells an action about it. */
  readonly environment: Readonly<Record<string, string>>
  /** Archives by key. */
  readonly entries: Map<string, Buffer>
  /** Refuses to keep anything, as for a run of a pull request from a fork. */
  refuse(): void
  close(): Promise<void>
}

export async function startCacheService(): Promise<CacheService> {
  const entries = new Map<string, Buffer>()
  const blocks = new Map<string, Buffer>()
  let refuses = false
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const body = await read(request)
    const key = /^\/blob\/(.*)$/.exec(decodeURIComponent(url.pathname))?.[1]
    if (key === undefined) answerCall(url.pathname, body, response)
    else answerBlob(request.method ?? '', key, url.searchParams, body, response)
  }
  const blob = (name: string) => `${environment.ACTIONS_RESULTS_URL}blob/${encodeURIComponent(name)}?sig=x`
  const answerCall = (path: string, body: Buffer, response: ServerResponse): void => {
    const told = JSON.parse(body.toString()) as { readonly key: string; readonly restore_keys?: readonly string[] }
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
  const answerBlob = (
    method: string,
    key: string,
    query: URLSearchParams,
    body: Buffer,
    response: ServerResponse
  ): void => {
    response.setHeader('x-ms-version', '2024-11-04')
    if (method === 'PUT') {
      if (query.get('comp') === 'block') blocks.set(query.get('blockid') ?? '', body)
      else if (query.get('comp') === 'blocklist') {
        const ids = [...body.toString().matchAll(/<Latest>(.*?)<\/Latest>/g)].map(([, id = '']) => id)
        entries.set(key, Buffer.concat(ids.map(id => blocks.get(id) ?? Buffer.alloc(0))))
      } else entries.set(key, body)
      response.statusCode = 201
      response.end()
      return
    }
    const content = entries.get(key) ?? Buffer.alloc(0)
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(query.get('range') ?? '') ?? []
    response.end(content.subarray(Number(from), to === '' ? undefined : Number(to) + 1))
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.statusCode = 500
      response.end(String(error))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const environment = {
    ACTIONS_RESULTS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ACTIONS_CACHE_SERVICE_V2: 'true',
    // The library takes other hosts for Enterprise Servers, whose cache service is of an older kind.
    GITHUB_SERVER_URL: 'http://github.localhost',
    ACTIONS_RUNTIME_TOKEN: 'token-of-the-runtime'
  }
  return {
    environment,
    entries,
    refuse: () => {
      refuses = true
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

function send(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(value))
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
