import { RunFailed, StageError, type Stage, type Sync } from './stage.js'

/** After so many rounds a maintainer gives up. */
const MOST_ROUNDS = 40

/**
 * Runs the action until it succeeds, as a maintainer does who follows its errors: the entries that they stand on go.
 * @param file the own environment file
 * @returns the run that succeeded, and the entries that went, in the order in which they did
 * @throws StageError when an error names no entry of the file
 */
export async function adopt(stage: Stage, file: string): Promise<{ done: Sync; removed: readonly string[] }> {
  const removed: string[] = []
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    try {
      return { done: await stage.sync(), removed }
    } catch (error) {
      if (!(error instanceof RunFailed)) throw error
      removed.push(...(await removeBlamed(stage, file, error)))
    }
  }
  throw new StageError(`After ${MOST_ROUNDS} rounds it still cannot be locked.`)
}

async function removeBlamed(stage: Stage, file: string, failure: RunFailed): Promise<string[]> {
  const blamed = blamedLines(failure.log, file)
  const lines = ((await stage.repository.read(file)) ?? '').split('\n')
  const gone = lines.filter((line, index) => blamed.has(index + 1) && line.trim().startsWith('- '))
  if (gone.length === 0) throw failure
  await stage.repository.commit({ [file]: lines.filter(line => !gone.includes(line)).join('\n') })
  return gone.map(line => line.trim().slice(2))
}

/** The lines of a file that have errors in a log. */
function blamedLines(log: string, file: string): ReadonlySet<number> {
  const errors = log.split('\n').filter(line => line.startsWith('::error ') && line.includes(`file=${file},`))
  return new Set(errors.map(line => Number(/,line=(\d+)/.exec(line)?.[1])))
}
