import { SyncError } from '../common/errors.js'
import { code } from '../common/markdown.js'
import { pypiName } from '../environment/pypi-name.js'

const VERSION = String.raw`(?:\d+!)?\d+(?:\.\d+)*(?:(?:a|b|rc)\d+)?(?:\.post\d+)?(?:\.dev\d+)?`

/** What PEP 440 and conda's specs have in common, but for `=`: https://peps.python.org/pep-0440/#version-specifiers */
const SPECIFIER = new RegExp(
  `^(?:[=!]=${VERSION}(?:\\.\\*|\\+[a-z\\d]+(?:\\.[a-z\\d]+)*)?|[<>]=?${VERSION}|~=\\d+(?:\\.\\d+)+)$`
)

/** An entry of `upgrade` as one about a package from PyPI. */
export function pipUpgrade(text: string): { readonly name: string; readonly specifiers: () => string } {
  const [, name = text, version = ''] = /^([\w.-]+)([^\w.-].*)?$/.exec(text) ?? []
  return { name: pypiName(name), specifiers: () => toSpecifiers(text, version) }
}

/**
 * Version specifiers of Python for a version spec of conda.
 * @throws SyncError of kind `input` if there are none for it
 */
function toSpecifiers(text: string, version: string): string {
  const parts = version
    .split(',')
    .filter(part => part !== '')
    .map(part => part.replace(/^=(\d[\d.]*?)(?:\.\*)?$/, '==$1.*'))
  if (parts.every(part => SPECIFIER.test(part))) return parts.join(',')
  throw new SyncError(
    'input',
    `Input \`upgrade\`: ${code(text)} is no spec for a package from PyPI, which this one is.`,
    {
      hint: 'Write its name alone, or with `>=`, `<=`, `==`, `<`, `>` and a version.'
    }
  )
}
