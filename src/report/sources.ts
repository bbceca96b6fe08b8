import { code } from '../common/markdown.js'
import { plural } from '../common/sentences.js'
import { isSource } from '../lockfile/package.js'
import type { UnifiedLock } from '../lockfile/unified.js'

/**
 * That pip packages are locked as source distributions, in a sentence of Markdown.
 * @param most how many packages to name
 */
export function sourceNotes({ unified }: { readonly unified: UnifiedLock }, most = Infinity): string[] {
  const names = new Set(unified.packages.filter(isSource).map(({ name, version }) => code(`${name} ${version}`)))
  if (names.size === 0) return []
  const shown = [...names].slice(0, most)
  const more = names.size > most ? [`and ${names.size - most} more`] : []
  const [is, are] = names.size === 1 ? ['is', 'It is'] : ['are', 'They are']
  return [
    `${plural(names.size, 'pip package')} ${is} locked without a wheel: ${[...shown, ...more].join(', ')}. ${are} built when installed: that runs code of the package, with whatever build tools it asks for, which are not locked.`
  ]
}
