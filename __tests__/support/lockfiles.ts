import { load } from 'js-yaml'

/** What tests want to know of a `conda-lock.yml`. */
export interface UnifiedFacts {
  /** By name; of several platforms, the last one's. */
  readonly versions: Readonly<Record<string, string>>
  readonly platforms: readonly string[]
  readonly urls: readonly string[]
  readonly sources: readonly string[]
  readonly custom: Readonly<Record<string, string>>
}

interface Shape {
  readonly metadata: {
    readonly platforms: readonly string[]
    readonly sources: readonly string[]
    readonly custom_metadata: Readonly<Record<string, string>>
  }
  readonly package: readonly { readonly name: string; readonly version: string; readonly url: string }[]
}

/** Reads a `conda-lock.yml` without any code of the action. */
export function readUnified(text: string | undefined): UnifiedFacts {
  const { metadata, package: packages } = load(text ?? '') as Shape
  return {
    versions: Object.fromEntries(packages.map(pin => [pin.name, pin.version])),
    platforms: metadata.platforms,
    urls: packages.map(pin => pin.url).sort(),
    sources: metadata.sources,
    custom: metadata.custom_metadata
  }
}
