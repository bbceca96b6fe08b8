/** Looks each thing up once. What has failed is looked up again, since it may go well then. */
export function remembering<T>(look: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const known = new Map<string, Promise<T>>()
  return name => {
    const before = known.get(name)
    if (before !== undefined) return before
    const found = look(name)
    known.set(name, found)
    found.catch(() => known.delete(name))
    return found
  }
}
