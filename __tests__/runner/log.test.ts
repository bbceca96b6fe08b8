import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { withoutCommands } from '../../src/runner/log.js'
import { ROOT } from '../support/action.js'

/** Whether the runner would execute something: its ActionCommand.TryParse and TryParseV2, where .NET ignores what is invisible. */
function executes(text: string): boolean {
  return text
    .replace(/[\p{Cf}\0]/gu, '')
    .split(/\r\n|[\r\n]/)
    .some(line => /^[\s\u0085]*::/.test(line) || line.includes('##['))
}

test.each([
  '::set-output name=a::b',
  '  \t::error::x',
  'fine\n::add-path::/evil',
  'fine\r::add-path::/evil',
  '\u0085::error::x',
  '\u200b::error::x',
  '\ufeff ::error::x',
  ':\u00ad:error::x',
  'in ##[set-env name=a;]b the line',
  '#\u200d#[error]x',
  '####[error]x'
])('%j is not executed', text => {
  expect(executes(text)).toBe(true)
  expect(executes(withoutCommands(text))).toBe(false)
})

test.each([
  ['a colour', 'a\u001b[31mb'],
  ['a new title of the window', '\u001b]0;x\u0007'],
  ['a line that covers another', 'ok\rerror'],
  ['a character that ends a text', 'a\0b'],
  ['a text that reads backwards', 'a\u202eb\u2066c\u061c'],
  ['a backspace', 'a\b\u007fb'],
  ['a line break of others', 'a\u2028b\u2029c\u0085d'],
  ['half a character', 'a\ud800b']
])('%s does not reach the log', (_what, text) => {
  expect(withoutCommands(text)).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u)
  expect(withoutCommands(text).replace(/[^a-z]/g, '')).toBe(text.replace(/[^a-z]/g, ''))
})

test('lines of Windows stay lines', () => {
  expect(withoutCommands('a\r\nb\r\n')).toBe('a\nb\n')
})

test('other text stays as it is', () => {
  const text = 'conda-forge::xarray\n  # [linux64]\n\tfile.yml:3: Grüße 🐍'
  expect(withoutCommands(text)).toBe(text)
})

/** Prints more than a pipe holds, then ends as the action does. */
const TALKATIVE = `
import { error } from '@actions/core'
import { flushLog, log } from '${join(ROOT, 'src/runner/log.ts')}'
for (let line = 0; line < 20_000; line++) log('a line of an ordinary length, as compilers print them')
error('the last word')
process.stderr.write('at the end')
await flushLog()
process.exit(1)
`

test('the last error arrives, however slowly the pipe is read', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', TALKATIVE], {
    cwd: ROOT,
    env: { ...process.env, GITHUB_ACTIONS: 'true' },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  // Nobody reads before all is printed.
  await once(child.stderr, 'data')
  const said = await textOf(child.stdout)
  expect(said.trimEnd().endsWith('::error::the last word')).toBe(true)
})
