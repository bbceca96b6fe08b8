import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSettings } from '../src/inputs/settings.js'
import { parseUnifiedLock } from '../src/lockfile/unified.js'
import { readHistory } from './history.js'
import { installToolchain, main, onStage, SETTINGS, StageError } from './stage.js'

const EXAMPLE = new URL('../examples/heliocloud/', import.meta.url)

/** PyPI as an index of files, so that no table of names and no API of its own is asked besides. */
const INDEX = "pip-repositories: ['https://pypi.org/simple/']\nallow-pypi-requests: false\n"

/**
 * Holds the example of several images against real records: `CHANNELS/conda-forge/` has repodata, `DATA/history/` upstream's
 * files, and the pip packages come from PyPI itself.
 */
async function examples(): Promise<void> {
  const [channels, data] = process.argv.slice(2)
  if (channels === undefined || data === undefined) {
    throw new StageError('Usage: npm run examples -- CHANNELS DATA, folders with conda-forge/ and with history/.')
  }
  const upstream = (await readHistory(join(data, 'history'))).at(-1)
  if (upstream === undefined) throw new StageError(`${data}/history has no commit.`)
  await installToolchain()
  const scene = { channels, upstream: upstream.files, repository: 'example-org/images', files: await exampleFiles() }
  await onStage(scene, async stage => {
    const { outputs, pull } = await stage.sync()
    if (pull === undefined || outputs['failed-images'] !== '')
      throw new StageError(`Not locked: ${outputs.summary ?? ''}`)
    console.log(outputs.summary)
    for (const image of await imagesOf()) {
      const { packages } = parseUnifiedLock(await stage.read(`${image}/conda-lock.yml`))
      const pip = packages.filter(({ manager }) => manager === 'pip').map(({ name }) => name)
      console.log(`${image}: ${packages.length} packages, of which from PyPI: ${pip.join(', ')}`)
    }
  })
}

async function imagesOf(): Promise<string[]> {
  return [...parseSettings(SETTINGS, await readExample('settings.yml')).images.keys()]
}

function readExample(path: string): Promise<string> {
  return readFile(new URL(path, EXAMPLE), 'utf8')
}

async function exampleFiles(): Promise<Record<string, string>> {
  const folders = ['common', ...(await imagesOf())]
  const environments = folders.map(async folder => {
    const path = `${folder}/environment.yml`
    return [path, INDEX + (await readExample(path))] as const
  })
  const settings = `${await readExample('settings.yml')}pypi-lookup-file: ../lookup.json\n`
  return { ...Object.fromEntries(await Promise.all(environments)), [SETTINGS]: settings, 'lookup.json': '{}' }
}

await main(examples)
