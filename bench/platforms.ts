import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serveDirectory } from '../__tests__/support/channel.js'
import { CHANNEL } from '../__tests__/support/world.js'
import { measureRun, throughNetwork, type Setting } from './setting.js'
import { upstreamFiles, type Subject } from './subject.js'

const OTHERS = ['linux-aarch64', 'osx-64', 'osx-arm64']

/** The name of the row of a relock. */
export function platformsRow(count: 1 | 4, subject: string): string {
  return `Relock for ${count === 1 ? 'one platform' : 'four platforms'} (${subject})`
}

/** Relocks for one and for four platforms, directly and through the network, taking turns. */
export async function measurePlatforms(setting: Setting, subject: Subject): Promise<void> {
  const channel = await serveDirectory(await withOthers(subject, setting.folder))
  const project = await setting.world.project(`platforms-${subject.name}`, {
    own: { 'environment.yml': subject.own },
    upstream: subject.now
  })
  const slow = await throughNetwork(setting.network, setting.world, channel)
  const common = { mode: 'files', 'upstream-files': upstreamFiles(subject), 'channel-alias': channel.url }
  for (let round = 0; round < setting.rounds; round++) {
    for (const [way, where] of [
      [undefined, ''],
      [slow, ', in the network']
    ] as const) {
      for (const count of [1, 4] as const) {
        const platforms = ['linux-64', ...OTHERS.slice(0, count - 1)]
        const run = { project, inputs: { ...common, platforms: platforms.join('\n') }, channel, way }
        await measureRun(platformsRow(count, `${subject.name}${where}`), setting, run)
      }
    }
  }
  await channel.close()
}

/** The channel of a subject with what it has for linux-64 for other platforms, too. */
async function withOthers({ channels }: Subject, folder: string): Promise<string> {
  const root = join(folder, 'platforms')
  await rm(root, { recursive: true, force: true })
  const read = (subdir: string) => readFile(join(channels, CHANNEL, subdir, 'repodata.json'), 'utf8')
  const linux = await read('linux-64')
  const texts = { noarch: await read('noarch'), 'linux-64': linux, ...others(linux) }
  for (const [subdir, text] of Object.entries(texts)) {
    await mkdir(join(root, CHANNEL, subdir), { recursive: true })
    await writeFile(join(root, CHANNEL, subdir, 'repodata.json'), text)
  }
  return root
}

function others(linux: string): Readonly<Record<string, string>> {
  const onMac = linux.replaceAll(/"__(?:glibc|linux)[^"]*"/g, '"__unix"')
  const texts = OTHERS.map(subdir => [subdir, subdir.startsWith('osx') ? onMac : linux] as const)
  return Object.fromEntries(texts.map(([subdir, text]) => [subdir, text.replaceAll('"linux-64"', `"${subdir}"`)]))
}
