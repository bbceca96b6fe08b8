const waits: string[] = []

/** Does some work; while it lasts {@link waitedFor} names it, so that the end of a run's time can say what it was waiting for. */
export async function waitingFor<T>(what: string, work: () => Promise<T>): Promise<T> {
  waits.push(what)
  try {
    return await work()
  } finally {
    waits.splice(waits.indexOf(what), 1)
  }
}

/** What the process is waiting for, the longest first. */
export function waitedFor(): readonly string[] {
  return [...waits]
}
