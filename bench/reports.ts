import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../__tests__/support/action.js'
import { runCommand } from './measure.js'
import type { Setting } from './setting.js'

const PLATFORMS = ['linux-64', 'linux-aarch64', 'osx-64', 'osx-arm64'] as const

const CASES = [
  { name: '800 packages, 1 platform', packages: 800, platforms: PLATFORMS.slice(0, 1), environments: 1 },
  { name: '3,020 packages, 4 platforms', packages: 755, platforms: PLATFORMS, environments: 1 },
  { name: '12,080 packages, 4 platforms in 4 environments', packages: 755, platforms: PLATFORMS, environments: 4 }
]

/** Both lockfiles parsed, compared and reported, without a solve. */
export async function measureReports({ rows, rounds, folder }: Setting): Promise<void> {
  const lock = join(folder, 'conda-lock.yml')
  for (let round = 0; round < rounds; round++) {
    for (const { name, packages, platforms, environments } of CASES) {
      await writeFile(lock, makeLock(packages, platforms))
      const script = join(ROOT, 'node_modules', '.cache', 'report-cpu.mjs')
      const args = [script, lock, String(environments)]
      const text = await runCommand({ program: process.execPath, args, cwd: ROOT, environment: process.env })
      rows.note(`Report: ${name}`, { cpu: Number(/CPU in all: ([\d.]+)/.exec(text)?.[1]) })
    }
  }
}

/** A `conda-lock.yml` with as much in each package as real ones have. */
function makeLock(count: number, platforms: readonly string[]): string {
  const url = 'https://conda.anaconda.org/conda-forge'
  const entries = Array.from({ length: count }, (_, index) =>
    platforms.map(platform => {
      const depends = [1, 7, 31].filter(step => step <= index).map(step => `    package-${index - step}: '>=1.0'\n`)
      const hash = String(index).padStart(32, '0')
      return `- name: package-${index}\n  version: 1.${index}.0\n  manager: conda\n  platform: ${platform}\n  dependencies:\n    python: '>=3.9'\n${depends.join('')}  url: ${url}/${platform}/package-${index}-1.${index}.0-h0_0.conda\n  hash:\n    md5: ${hash}\n    sha256: ${hash}${hash}\n  category: main\n  optional: false\n`
    })
  )
  const list = platforms.map(platform => `  - ${platform}\n`).join('')
  return `version: 1\nmetadata:\n  content_hash: {}\n  channels:\n  - url: conda-forge\n    used_env_vars: []\n  platforms:\n${list}  sources:\n  - environment.yml\npackage:\n${entries.flat().join('')}`
}
