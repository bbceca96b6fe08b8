/** Starts work before its result is needed: a failure is not unhandled, but reaches whoever awaits the result. */
export function startEarly<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}
