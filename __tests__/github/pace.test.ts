/** How long the client waits between what it writes. */
import { expect, jest, test } from '@jest/globals'
import { connect } from '../../src/github/client.js'
import { startDeadline } from '../../src/runner/deadline.js'
import { listen } from '../support/loopback.js'
import { inQuickTime } from '../support/quick-time.js'

test('a second lies between two writes, and no more where somebody is notified', async () => {
  const server = await listen((_request, response) => {
    response.setHeader('content-type', 'application/json').end('{}')
    return Promise.resolve()
  })
  const pauses = jest.spyOn(globalThis, 'setTimeout')
  const github = connect({ apiUrl: server.url, token: undefined, deadline: startDeadline(1), log: () => undefined })
  const write = (what: string) => github.request(`POST /repos/team/image/${what}`)
  await inQuickTime(() => Promise.all([write('pulls'), write('issues'), write('pulls/1/requested_reviewers')]))
  const quick = pauses.mock.calls.map(([, milliseconds = 0]) => milliseconds)
  pauses.mockRestore()
  await server.close()
  // In quick time a second is 10 ms; what nobody shortens is no pause of the client.
  const seconds = quick.filter(milliseconds => milliseconds > 5 && milliseconds < 100).map(each => each / 10)
  expect(seconds.map(Math.round)).toContain(1)
  expect(Math.max(...seconds)).toBeLessThanOrEqual(1)
})
