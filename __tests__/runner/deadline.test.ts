/** When a request is given up. */
import { expect, jest, test } from '@jest/globals'
import { getMaxListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { limited, startDeadline, within } from '../../src/runner/deadline.js'

/** What hangs until somebody gives it up. */
function hang(signal: AbortSignal): Promise<string> {
  return new Promise(resolve => {
    const end = () => {
      resolve('given up')
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  })
}

async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  for (let round = 0; round < 5; round++) {
    await setImmediate()
    runInNewContext('gc()')
  }
}

test('a request that hangs is given up after its time, whatever the garbage collector takes', async () => {
  const [outcome] = await Promise.all([limited(startDeadline(1), 200, hang), collectGarbage()])
  expect(outcome).toBe('given up')
})

test('a request that hangs is given up at the end of the time of the run, and one that comes later at once', async () => {
  const deadline = startDeadline(0.002)
  expect(await limited(deadline, 60_000, hang)).toBe('given up')
  expect(await limited(deadline, 60_000, hang)).toBe('given up')
})

test('what is to begin after the end of the time of the run, such as the next image, does not', async () => {
  const deadline = startDeadline(0.001)
  await expect(within(deadline, () => hang(new AbortController().signal))).rejects.toThrow('took longer than `timeout`')
  const next = jest.fn(() => Promise.resolve('done'))
  await expect(within(deadline, next)).rejects.toThrow('took longer than `timeout`')
  expect(next).not.toHaveBeenCalled()
})

test('many requests at once are no warning of Node.js in the log', () => {
  expect(getMaxListeners(startDeadline(1).signal)).toBe(Infinity)
})
