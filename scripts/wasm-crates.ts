/** A Rust crate in the WebAssembly of an npm package. */
export interface Crate {
  readonly name: string
  readonly version: string
}

/**
 * The crates of which a WebAssembly holds the paths of source files, for the messages of panics. Crates that cannot panic, or that
 * were inlined, leave none.
 */
export function cratesIn(wasm: Buffer): Crate[] {
  const paths = wasm.toString('latin1').matchAll(/\/registry\/src\/[\w.-]+\/([\w-]+)-(\d+\.\d+\.\d+[\w.+-]*)/g)
  const found = [...paths].map(([, name = '', version = '']) => [`${name} ${version}`, { name, version }] as const)
  return [...new Map(found.toSorted()).values()]
}
