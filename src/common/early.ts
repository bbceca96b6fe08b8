/** Work that is begun before it is needed: a failure is told to whoever awaits it, and until then to nobody. */
export function startEarly<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}
