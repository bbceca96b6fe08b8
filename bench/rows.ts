/** What was measured of one thing, in all rounds. */
export interface Row {
  readonly name: string
  readonly seconds: readonly number[]
  readonly cpu: readonly number[]
  readonly megabytes: readonly number[]
  /** Bytes that the channel sent. */
  readonly channel: readonly number[]
  /** Calls to GitHub, and the bytes that they and their answers carried. */
  readonly calls: readonly number[]
  readonly github: readonly number[]
  /** Round trips of a slow network that waited for each other. */
  readonly rounds: readonly number[]
}

export type Figures = Partial<Record<Exclude<keyof Row, 'name'>, number>>

/** Rows in the order in which they were first noted. */
export interface Rows {
  note(name: string, figures: Figures): void
  all(): readonly Row[]
}

export function collectRows(): Rows {
  const rows = new Map<string, Row>()
  const empty = { seconds: [], cpu: [], megabytes: [], channel: [], calls: [], github: [], rounds: [] }
  return {
    note: (name, figures) => {
      const row = rows.get(name) ?? { name, ...empty }
      const longer = Object.entries(figures).map(
        ([key, value]) => [key, [...row[key as keyof Figures], value]] as const
      )
      rows.set(name, { ...row, ...Object.fromEntries(longer) })
    },
    all: () => [...rows.values()]
  }
}
