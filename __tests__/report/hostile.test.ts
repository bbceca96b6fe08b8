import { BODY_LIMIT } from '../../src/github/pulls.js'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { loadVersionOrder } from '../../src/lockfile/version-order.js'
import { makeReport } from '../../src/report/make.js'
import { block, code, link, table } from '../../src/common/markdown.js'
import { oneLine } from '../../src/common/sentences.js'
import { renderReport } from '../../src/report/report.js'
import { factsOf, lock } from '../support/locks.js'
import { HOSTILE, HOSTILE_CHANGE } from './changes.js'

/** What our own words are made of. */
const TAGS = 'a blockquote br code details em h3 li p pre strong sub summary table tbody td th thead tr ul'.split(' ')
const LINKS =
  /^https:\/\/github\.com\/(pangeo-data\/pangeo-docker-images|heliocloud-data\/science-image\/actions\/runs\/17)/

function toHtml(markdown: string): string {
  return micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] })
}

/** The HTML without code, in which GitHub makes neither mentions nor links. */
function live(html: string): string {
  return html.replace(/<code[^>]*>[^<]*<\/code>/g, '<code></code>')
}

function tagsOf(html: string): string[] {
  return [...new Set([...html.matchAll(/<\/?([^\s>/]+)[^>]*>/g)].map(match => match[1] ?? ''))].sort()
}

const decode = (html: string): string =>
  html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')

/** A pipe needs backslashes before it, of which one too many may be seen. */
const withoutBackslashes = (text: string): string => text.replaceAll('\\', '')

describe('whatever packages, versions, specs, channels and files are called', () => {
  let html = ''

  beforeAll(async () => {
    html = toHtml(renderReport(makeReport(factsOf(HOSTILE_CHANGE), await loadVersionOrder()), BODY_LIMIT))
  })

  test('nobody is mentioned, and no issue, commit or emoji is referred to', () => {
    expect(html).toContain('@octocat')
    const text = live(html).replace(/<[^>]*>/g, '')
    expect(text).not.toMatch(/@|#\d|octocat|evil|:tada:|\$/)
  })

  test('no HTML comes through', () => {
    expect(html).not.toMatch(/<script|<img|<b>/)
    expect(tagsOf(html).filter(tag => !TAGS.includes(tag))).toEqual([])
  })

  test('every link is ours', () => {
    const targets = [...html.matchAll(/href="([^"]*)"/g)].map(match => match[1] ?? '')
    expect(targets.length).toBeGreaterThan(3)
    expect(targets.filter(target => !LINKS.test(target))).toEqual([])
  })

  test('every row of every table has its cells', () => {
    const rows = [...html.matchAll(/<tr>\n([\s\S]*?)<\/tr>/g)].map(match => match[1] ?? '')
    expect(rows.filter(row => row.includes('<td></td>'))).toEqual([])
    const first = rows.map(row => /^<td><code>([^<]*)<\/code>/.exec(row)?.[1]).filter(cell => cell !== undefined)
    const shown = first.map(cell => withoutBackslashes(decode(cell)))
    for (const name of HOSTILE) expect(shown).toContain(withoutBackslashes(oneLine(name)))
  })
})

test.each(HOSTILE)('%j stays text in a code span, a table, a block and a link', text => {
  const markdown = [
    `a ${code(text)} b`,
    table(['x', 'y'], [[code(text), code('last')]]),
    block('diff', text),
    link(code(text), `https://host.example/${text})`)
  ].join('\n\n')
  const html = toHtml(markdown)
  expect(live(html).replace(/ href="[^"]*"/g, '')).not.toMatch(/octocat|evil|<script|<img|<b>/)
  expect(html.match(/<td>/g)).toHaveLength(2)
  expect(html).toContain('<td><code>last</code></td>')
  expect([...html.matchAll(/href="([^"]*)"/g)].map(match => new URL(match[1] ?? '').host)).toEqual(['host.example'])
})

describe('credentials in addresses', () => {
  test('that an old lockfile has are not repeated in the report', async () => {
    const change = {
      before: lock(
        'https://me:s3cret@conda.example.org/own::dask 2025.1\nhttps://conda.example.org/t/ab-s3cret/own::xarray 2025.1'
      ),
      after: lock('dask 2025.1\nxarray 2025.1')
    }
    const text = renderReport(makeReport(factsOf(change), await loadVersionOrder()), BODY_LIMIT)
    expect(text).toContain('https://***@conda.example.org/own')
    expect(text).toContain('https://conda.example.org/t/***')
    expect(text).not.toContain('s3cret')
  })

  test.each([
    ['git+https://ghp_0123@github.com/o/r.git', 'git+https://***@github.com/o/r.git'],
    ['x @ https://me:a@b@example.org/x.whl', 'x @ https://***@example.org/x.whl'],
    ['git+ssh://git@github.com/o/r.git', 'git+ssh://git@github.com/o/r.git'],
    ['https://${USER}:${PASSWORD}@example.org/simple', 'https://${USER}:${PASSWORD}@example.org/simple'],
    ['https://conda.example.org/t/$TOKEN/own', 'https://conda.example.org/t/$TOKEN/own'],
    ['https://example.org/conda/t/ab-s3cret/own', 'https://example.org/conda/t/***/own'],
    ['src/t/file.yml', 'src/t/file.yml'],
    ['tool@example.org', 'tool@example.org']
  ])('%s is told as %s', (written, told) => {
    expect(code(written)).toBe(`\`${told}\``)
  })
})
