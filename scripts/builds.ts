/** Reads each record of real channels as a trial installation does, from an archive that says the same. */
import { execFileSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readChannels } from '../demo/data.js'
import { installToolchain, main, StageError } from '../demo/stage.js'

await main(async () => {
  const data = process.argv[2]
  if (data === undefined) throw new StageError('Usage: npm run builds -- DATA, a folder with channel…/.')
  const python = join((await installToolchain()).bin, 'python')
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  const env = { ...process.env, PYTHONPATH: [path('../solver'), path('../__tests__/support')].join(delimiter) }
  for (const channel of await readChannels(data)) {
    execFileSync(python, [path('read_builds.py'), join(channel, 'conda-forge')], { stdio: 'inherit', env })
  }
})
