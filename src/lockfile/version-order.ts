import type { VersionOrder } from './compare.js'

/**
 * Conda's own version order. The module behind it is WebAssembly of 3 MB, so it is loaded only when two locks differ.
 * Versions that it cannot read (conda allows nearly everything) order as if they went down, so that a reader looks.
 */
export async function loadVersionOrder(): Promise<VersionOrder> {
  const { Version } = await import('@conda-org/rattler')
  return (left, right) => {
    try {
      return new Version(left).compare(new Version(right))
    } catch {
      return 1
    }
  }
}
