import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP server on a free port of the loopback interface. */
export interface Loopback {
  /** Without a slash at its end. */
  readonly url: string
  /** Cuts what is open off. */
  readonly close: () => Promise<void>
}

/** Starts a server; what `answer` throws is answered with status 500, so that a test that it spoils can tell of it. */
export async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
): Promise<Loopback> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.statusCode = 500
      response.end(error instanceof Error ? error.stack : String(error))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      })
  }
}
