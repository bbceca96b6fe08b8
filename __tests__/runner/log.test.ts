import { expect, test } from '@jest/globals'
import { withoutCommands } from '../../src/runner/log.js'

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
