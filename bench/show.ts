import { cpus, totalmem } from 'node:os'
import { median } from './measure.js'
import { platformsRow } from './platforms.js'
import { handRow, NIGHT, RELOCK } from './relocks.js'
import type { Row } from './rows.js'

/** When, where and under what load. */
export function machine(rounds: number, load: readonly number[]): string {
  const size = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 1e9)} GB`
  const busy = load.map(value => value.toFixed(1)).join(' to ')
  const quiet = load.every(value => value <= cpus().length + 1)
  const warning = quiet ? '' : ' Other work kept the machine busy, so the seconds tell little.'
  return `Measured on ${new Date().toISOString().slice(0, 10)} on ${size}, Node.js ${process.versions.node}, ${rounds} rounds; load of the machine (1 minute) ${busy}, of which the benchmark itself makes 1 to 2.${warning}`
}

/** Medians, and from least to most. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(row => [
    row.name,
    spread(row.seconds, value => value.toFixed(2)),
    spread(row.cpu, value => value.toFixed(2)),
    spread(row.megabytes, value => value.toFixed(0)),
    spread(row.channel, value => (value / 1e6).toFixed(2)),
    spread(row.calls, value => value.toFixed(0)),
    spread(row.github, value => (value / 1e3).toFixed(0)),
    spread(row.rounds, value => value.toFixed(0))
  ])
  const header = [
    'What',
    'Seconds',
    'CPU seconds',
    'Peak memory, MB',
    'From the channel, MB',
    'Calls to GitHub',
    'To and from GitHub, kB',
    'Rounds of waiting'
  ]
  return [header, header.map(() => '---'), ...cells].map(cell => `| ${cell.join(' | ')} |`).join('\n')
}

function spread(values: readonly number[], show: (value: number) => string): string {
  if (values.length === 0) return ''
  const [least, most] = [show(Math.min(...values)), show(Math.max(...values))]
  return least === most ? least : `${show(median(values))} (${least} to ${most})`
}

/** What the action takes of the time of the two commands with the same solver, and four platforms of the time of one. */
export function ratios(rows: readonly Row[], subjects: readonly string[]): string {
  const seconds = (name: string) => median(rows.find(row => row.name === name)?.seconds ?? [])
  const share = (what: string, name: string, whole: string) => {
    const value = seconds(name) / seconds(whole)
    return Number.isFinite(value) ? [`${what} ${value.toFixed(2)}`] : []
  }
  const lines = subjects.flatMap(subject => {
    const hand = `${handRow('the same solver')} (${subject})`
    const found = [
      ...share('a relock', `${RELOCK} (${subject})`, hand),
      ...share('a night without news', `${NIGHT} (${subject})`, hand)
    ]
    const platforms = share('four platforms take', platformsRow(4, subject), platformsRow(1, subject))
    return [
      ...(found.length === 0 ? [] : [`Of the two commands with the same solver (${subject}): ${found.join(', ')}.`]),
      ...platforms.map(text => `Of the time of one platform (${subject}), ${text}.`)
    ]
  })
  return lines.join('\n\n')
}
