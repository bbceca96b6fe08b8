import type { VersionOrder } from './compare.js'

/**
 * Conda's own version order. The module behind it is WebAssembly of 3 MB, so it is loaded only when two locks differ.
 * Versions that it cannot read (conda allows nearly everything) order as if they went down, so that a reader looks.
 */
export async function loadVersionOrder(): Promise<VersionOrder> {
  const { Version } = await import('./conda-version.js')
  const parse = (text: string) => {
    try {
      return new Version(text)
    } catch {
      return undefined
    }
  }
  return (left, right) => {
    const [before, after] = [parse(left), parse(right)]
    return before === undefined || after === undefined ? 1 : before.compare(after)
  }
}
