/** Reads each record of real channels as a trial installation does, from an archive that says the same. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readChannels } from '../demo/data.js'
import { installToolchain, main, StageError } from '../demo/stage.js'

await main(async () => {
  const data = process.argv[2]
  if (data === undefined) throw new StageError('Usage: npm run builds -- DATA, a folder with channel…/.')
  const python = join((await installToolchain()).bin, 'python')
  const script = fileURLToPath(new URL('read_builds.py', import.meta.url))
  for (const channel of await readChannels(data)) {
    execFileSync(python, [script, join(channel, 'conda-forge')], { stdio: 'inherit' })
  }
})
