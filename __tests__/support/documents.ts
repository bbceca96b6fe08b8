/** The pages that people read, and the blocks in them. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exists } from '../../src/common/exists.js'
import { ROOT } from './action.js'

/** A fenced block of a page. */
export interface Block {
  readonly page: string
  /** Of its fence, counted from 1. */
  readonly line: number
  readonly language: string
  readonly text: string
  /** What a comment above says is why it is not run, `<!-- not run: REASON -->`. */
  readonly notRun: string | undefined
}

export interface Page {
  /** Relative to the repository. */
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
  /** Without its blocks. */
  readonly prose: string
}

const AT_THE_TOP = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md']

/** All pages, in the order of their paths. */
export async function readPages(): Promise<Page[]> {
  const below = await Promise.all(
    ['docs', 'examples'].map(async folder =>
      (await readdir(join(ROOT, folder), { recursive: true })).map(name => join(folder, name))
    )
  )
  const paths = [...AT_THE_TOP, ...below.flat().filter(path => path.endsWith('.md'))].toSorted()
  return Promise.all(paths.map(async path => readPage(path, await readFile(join(ROOT, path), 'utf8'))))
}

function readPage(path: string, text: string): Page {
  const blocks: Block[] = []
  const prose: string[] = []
  let open: { readonly line: number; readonly language: string; readonly lines: string[] } | undefined
  let mark: string | undefined
  for (const [index, line] of text.split('\n').entries()) {
    if (open !== undefined && line === '```') {
      blocks.push({ page: path, line: open.line, language: open.language, text: open.lines.join('\n'), notRun: mark })
      open = undefined
      mark = undefined
    } else if (open !== undefined) open.lines.push(line)
    else if (line.startsWith('```')) open = { line: index + 1, language: line.slice('```'.length), lines: [] }
    else {
      prose.push(line)
      if (line !== '') mark = /^<!-- not run: (.+) -->$/.exec(line)?.[1]
    }
  }
  return { path, text, blocks, prose: prose.join('\n') }
}

/** What stands between backquotes. */
export function codeSpans({ prose }: Page): string[] {
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
}

/** A link within the repository: a file, a heading, or both. */
export interface Link {
  readonly path: string
  readonly anchor: string
}

/** Links of a page to files and headings of the repository; `path` is as it is written, empty for the page itself. */
export function linksOf({ prose }: Page): Link[] {
  const targets = [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target)
  return targets
    .filter(target => !/^[a-z]+:/.test(target))
    .map(target => {
      const [path = '', anchor = ''] = target.split('#')
      return { path, anchor }
    })
}

/** The anchors that GitHub makes of a page's headings. */
export function anchorsOf({ prose }: Page): string[] {
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
  )
}

/** Whether the repository has a file or folder. */
export function isThere(path: string): Promise<boolean> {
  return exists(join(ROOT, path))
}
