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

test('other text stays as it is', () => {
  const text = 'conda-forge::xarray\n  # [linux64]\n\tfile.yml:3: Grüße 🐍'
  expect(withoutCommands(text)).toBe(text)
})
