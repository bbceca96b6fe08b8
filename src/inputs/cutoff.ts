/** A date or an age after which uploads do not count. */
export interface Cutoff {
  /** As written. An age means another time in each run, so this is what counts as an input of the lock. */
  readonly text: string
  /** @param now what an age is counted back from */
  at(now: Date): Date
}

const HOURS = { h: 1, d: 24, w: 7 * 24 } as const
const HOUR = 3_600_000

/**
 * Parses a date (`2025-09-24`, which includes that day; in UTC), a time (`2025-09-24T12:00`, with a zone or in UTC), or an
 * age (`12h`, `3d`, `2w`).
 * @returns undefined if it is none of these
 */
export function parseCutoff(text: string): Cutoff | undefined {
  const age = /^([1-9]\d{0,4})([hdw])$/.exec(text)
  if (age !== null) {
    const unit = age[2] === 'h' || age[2] === 'd' ? age[2] : 'w'
    const length = Number(age[1]) * HOURS[unit] * HOUR
    return { text, at: now => new Date(now.getTime() - length) }
  }
  const time = parseTime(text)
  return time === undefined ? undefined : { text, at: () => time }
}

function parseTime(text: string): Date | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text)
  const [, day, time, zone] = match ?? []
  if (day === undefined || !isDay(day)) return undefined
  const date = new Date(`${day}T${time ?? '23:59:59.999'}${zone ?? 'Z'}`)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** JavaScript takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}
