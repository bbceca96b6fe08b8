/** What pages quote, held against the texts in the code. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../support/action.js'
import type { Page } from '../support/documents.js'

/** What GitHub, a browser or another program says, not this action. */
const OTHERS_SAY = new Set([
  'GitHub Actions is not permitted to create or approve pull requests',
  'Allow GitHub Actions to create and approve pull requests',
  'Resource not accessible by integration',
  'Reference update failed',
  'Protected branch rules not configured',
  'clean status',
  'unstable status',
  'Run workflow'
])

/** All texts of the action and of its solver, as they are printed. */
export async function readTexts(): Promise<string> {
  const files = await Promise.all(
    ['src', 'solver'].map(async folder =>
      (await readdir(join(ROOT, folder), { recursive: true })).map(name => join(ROOT, folder, name))
    )
  )
  const sources = files.flat().filter(path => /\.(?:ts|py)$/.test(path))
  const texts = await Promise.all(sources.map(path => readFile(path, 'utf8')))
  return texts.join('\n').replaceAll('\\', '')
}

/** The parts of a page's quotations that stand in no text, whatever stands for `…` and for a value. */
export function misquoted({ prose }: Page, texts: string): string[] {
  const quoted = [...prose.matchAll(/(?<=[\s*(|])"([^"\n]+)"/g)].map(([, quotation = '']) => quotation)
  return quoted
    .filter(quotation => !OTHERS_SAY.has(quotation))
    .flatMap(quotation => quotation.split(VALUE).map(part => part.replace(/^[ ,.:]+|[ ,.:;?]+$/g, '')))
    .filter(part => part.includes(' ') && !texts.includes(part))
}

/** What the page has in the place of a value: an ellipsis, code, a number, a name in capitals, a host. */
const VALUE = /…|`[^`]*`|\(status \d+\)|\d[\d.]*|\b[A-Z][A-Z_]+\b|\bpypi\.org\b/
