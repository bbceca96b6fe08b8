import { pypiName } from '../environment/pypi-name.js'
import { ODD_LINE_BREAK } from '../common/line-breaks.js'
import { parseCondaUrl, type LockedPackage } from '../lockfile/package.js'

/** An explicit lockfile as conda-lock writes it: nothing that would be a script, or a package for conda and a comment here. */
const EXPLICIT_LINE = /^(?:#.*|@EXPLICIT|https?:\/\/[!-~]+#(?:[0-9a-f]{32}|(?:sha256:)?[0-9a-f]{64})|)$/

/** @throws Error with one sentence that names the line */
export function checkExplicitText(path: string, text: string): void {
  if (ODD_LINE_BREAK.test(text)) throw new Error(`\`${path}\` has characters that end a line for some programs only`)
  const index = text.split(/\r?\n/).findIndex(line => !EXPLICIT_LINE.test(line.trim()))
  if (index !== -1) throw new Error(`line ${index + 1} of \`${path}\` is none that conda-lock writes`)
}

/**
 * What a reviewer reads is the version; what is installed is the file.
 * @throws Error with one sentence that names the package
 */
export function checkVersion({ manager, name, version, url }: LockedPackage): void {
  const file = manager === 'conda' ? parseCondaUrl(url) : (sourceOf(url) ?? wheelOf(url))
  const isSame = manager === 'conda' ? file?.version === version : numbersOf(file?.version) === numbersOf(version)
  if (file === undefined || !isSame || pypiName(file.name) !== pypiName(name)) {
    throw new Error(`${url} is not ${name} ${version}`)
  }
}

/** The name of a source distribution may have hyphens. */
function sourceOf(url: string): { readonly name: string; readonly version: string } | undefined {
  const file = new URL(url).pathname.split('/').at(-1) ?? ''
  const match = /^(.+)-([^-]+)\.(?:tar(?:\.(?:gz|bz2|xz))?|zip)$/.exec(file)
  const [, name, version] = match ?? []
  return name === undefined || version === undefined ? undefined : { name, version: decodeURIComponent(version) }
}

function wheelOf(url: string): { readonly name: string; readonly version: string } | undefined {
  const [name, version] = new URL(url).pathname.split('/').at(-1)?.split('-') ?? []
  return name === undefined || version === undefined ? undefined : { name, version: decodeURIComponent(version) }
}

/** Python packages write one version in many ways: 2024.01 and 2024.1, 1.0rc1 and 1.0.c1. */
function numbersOf(version: string | undefined): string {
  const numbers = (version?.match(/\d+/g) ?? []).map(Number)
  const last = numbers.findLastIndex(number => number !== 0)
  return numbers.slice(0, Math.max(last, 0) + 1).join('.')
}
