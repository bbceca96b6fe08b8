import { runPython } from './channel.js'

/** One package of a test index: a wheel, or a source distribution only. */
export interface PypiPackageSpec {
  readonly name: string
  readonly version: string
  /** Requirements as pip writes them: `xarray>=2025.1`. */
  readonly requires?: readonly string[]
  readonly requiresPython?: string
  /** What its metadata name as `Project-URL`, by label. */
  readonly urls?: Readonly<Record<string, string>>
  /** Where the wheel runs: `py3-none-any` unless given. */
  readonly tag?: string
  /** Text by path inside the wheel, beside a module of the package's name. */
  readonly files?: Readonly<Record<string, string>>
  /**
   * Makes it a source distribution only; whoever runs its build writes this file. It has to be built to learn what it
   * requires, unless `requires` is given, empty or not.
   */
  readonly buildMarker?: string
  /** Text by path inside the source distribution, instead of what would be there; null leaves a file out. */
  readonly archive?: Readonly<Record<string, string | null>>
  /** Makes the source distribution a zip archive. */
  readonly zip?: true
}

/** Builds or extends a PEP 503 index: directory/simple/NAME/index.html, with the files beside it. */
export async function buildIndex(directory: string, packages: readonly PypiPackageSpec[]): Promise<void> {
  await runPython('build_wheels.py', { directory, packages: packages.map(toRequest) })
}

function toRequest({ requiresPython, buildMarker, ...plain }: PypiPackageSpec): Record<string, unknown> {
  return { ...plain, requires_python: requiresPython, build_marker: buildMarker }
}
