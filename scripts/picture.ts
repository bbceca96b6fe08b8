import { BODY_LIMIT } from '../src/github/pulls.js'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { factsOf } from '../__tests__/support/locks.js'
import { realSizeChange } from '../__tests__/support/real-size.js'
import { loadVersionOrder } from '../src/lockfile/version-order.js'
import { makeReport } from '../src/report/make.js'
import { renderReport } from '../src/report/report.js'
import { inScratch } from '../src/runner/scratch.js'

// `npm run picture` makes docs/pull-request.png and docs/pull-request-dark.png, with Debian's Chromium
// (`apt-get install chromium fonts-liberation fonts-dejavu-core fonts-noto-color-emoji`).

const run = promisify(execFile)
const DOCS = fileURLToPath(new URL('../docs', import.meta.url))
const WIDTH = 900
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--hide-scrollbars']

/** Markdown as GitHub shows it: its alerts and the colours of a diff are not part of GFM. */
function toHtml(markdown: string): string {
  return micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] })
    .replace(
      /<blockquote>\s*<p>\[!([A-Z])([A-Z]+)\]\n([^]*?)<\/blockquote>/g,
      (_, first: string, rest: string, text: string) =>
        `<div class="alert"><b>${first}${rest.toLowerCase()}</b><p>${text}</div>`
    )
    .replace(/(?<=<code class="language-diff">)[^<]*/g, text =>
      text.replace(/^\+.*$/gm, '<span class="added">$&</span>').replace(/^-.*$/gm, '<span class="removed">$&</span>')
    )
}

function page(style: string, article: string, theme: string): string {
  return `<!doctype html><html data-theme="${theme}"><meta charset="utf-8"><style>${style}</style><body>
<header><h1>Update conda lockfiles <span>#17</span></h1><span class="state">Open</span>
<span class="by"><b>github-actions</b> wants to merge 1 commit into <code>main</code> from <code>conda-lock-sync</code></span></header>
<div class="comment"><p><b>github-actions</b> bot commented 5 minutes ago</p><article>${article}</article></div>
<script>document.title = document.body.scrollHeight</script></body></html>`
}

async function shoot(html: string, picture: string): Promise<void> {
  await inScratch(async folder => {
    const file = join(folder, 'page.html')
    await writeFile(file, html)
    const chromium = (size: string, ...args: readonly string[]) =>
      run('chromium', [
        ...FLAGS,
        `--user-data-dir=${folder}/profile`,
        `--window-size=${size}`,
        ...args,
        pathToFileURL(file).href
      ])
    const { stdout } = await chromium(`${WIDTH},100`, '--dump-dom')
    const height = /<title>(\d+)<\/title>/.exec(stdout)?.[1]
    if (height === undefined) throw new Error('the page says no height')
    await chromium(`${WIDTH},${height}`, '--force-device-scale-factor=1.5', `--screenshot=${picture}`)
  })
}

const style = await readFile(new URL('picture.css', import.meta.url), 'utf8')
const report = makeReport(factsOf(realSizeChange()), await loadVersionOrder())
const article = toHtml(renderReport(report, BODY_LIMIT))
for (const [theme, name] of [
  ['light', 'pull-request.png'],
  ['dark', 'pull-request-dark.png']
] as const) {
  await shoot(page(style, article, theme), join(DOCS, name))
  console.log(`docs/${name}`)
}
