import { BODY_LIMIT } from '../src/github/pulls.js'
import { readFile } from 'node:fs/promises'
import { factsOf } from '../__tests__/support/locks.js'
import { PLATFORMS } from '../src/lockfile/platforms.js'
import { parseUnifiedLock } from '../src/lockfile/unified.js'
import { loadVersionOrder } from '../src/lockfile/version-order.js'
import { makeReport } from '../src/report/make.js'
import { renderReport } from '../src/report/report.js'

// `npm run report-cpu -- conda-lock.yml [TIMES]`
//
// Prints the CPU seconds for reading a lockfile and an edited copy of it, comparing them, and rendering body and summary.
// With TIMES, every package is there as often, under other names.

const [path, times = '1'] = process.argv.slice(2)
if (path === undefined) throw new Error('name a lockfile: npm run report-cpu -- conda-lock.yml')
const text = multiply(await readFile(path, 'utf8'), Number(times))
const edited = edit(text)

const start = process.cpuUsage()
const lap = stopwatch()
const [before, after] = [text, edited].map(content => parseUnifiedLock(content))
lap('parsed')
if (before === undefined || after === undefined) throw new Error('nothing parsed')
const platforms = PLATFORMS.filter(platform => after.platforms.includes(platform))
const order = await loadVersionOrder()
lap('version order loaded')
const report = makeReport(factsOf({ platforms, before: before.packages, after: after.packages }), order)
lap('compared')
const sizes = [BODY_LIMIT, 1_000_000].map(limit => Buffer.byteLength(renderReport(report, limit)))
lap('rendered')
console.log(`${after.packages.length} packages, ${report.comparison.changes.length} changes`)
console.log(`body ${sizes.join(' bytes, summary ')} bytes`)
console.log(`CPU in all: ${seconds(process.cpuUsage(start))} s`)

function stopwatch(): (what: string) => void {
  let last = process.cpuUsage()
  return what => {
    console.log(`${what}: ${seconds(process.cpuUsage(last))} s`)
    last = process.cpuUsage()
  }
}

function seconds({ user, system }: NodeJS.CpuUsage): string {
  return ((user + system) / 1e6).toFixed(2)
}

/** Of every seven packages one gets another version, one another build, and one of every 35 is gone. */
function edit(lockfile: string): string {
  const [head = '', ...packages] = lockfile.split(/^(?=- name: )/m)
  const edited = packages.flatMap((entry, index) => {
    if (index % 35 === 34) return []
    if (index % 7 === 3)
      return [
        entry.replace(/^( {2}version: '?)(\d+)/m, (_, key: string, major: string) => `${key}${Number(major) + 1}`)
      ]
    return [index % 7 === 5 ? entry.replace(/(_\d+)(?=\.(?:conda|tar\.bz2)$)/m, '$1000') : entry]
  })
  return head + edited.join('')
}

function multiply(lockfile: string, count: number): string {
  const [head = '', ...packages] = lockfile.split(/^(?=- name: )/m)
  const copies = Array.from({ length: count - 1 }, (_, index) =>
    packages.map(entry =>
      entry.replace(/^- name: (.*)$/m, `- name: $1-${index}`).replace(/^( {4})(?!md5|sha256)(\S+):/gm, `$1$2-${index}:`)
    )
  )
  return [head, ...packages, ...copies.flat()].join('')
}
