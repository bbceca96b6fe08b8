import { code } from '../common/markdown.js'
import type { InputChange } from '../environment/made-from.js'

/** A changed setting as one sentence of Markdown. */
export function tellSetting(
  { input, before, now }: InputChange & { readonly kind: 'setting' },
  lockfile: string
): string {
  const is = now === '' ? 'not set' : code(now)
  const was = before === '' ? 'without it' : `with ${code(before)}`
  return `The input ${code(input)} is ${is}; until now ${code(lockfile)} was made ${was}.`
}
