import { measure } from './measure.js'
import type { Setting } from './setting.js'

/** The action until it has read its inputs, of which one is refused. */
export async function measureStarts({ world, rows, rounds }: Setting): Promise<void> {
  const project = await world.project('starts')
  for (let round = 0; round < rounds; round++) {
    const { result, cost } = await measure(() => project.run({ inputs: { mode: 'nonsense' }, checkout: false }))
    if (result.exitCode !== 1) throw new Error(result.stdout)
    rows.note('Start of the action, before any work', cost)
  }
}
