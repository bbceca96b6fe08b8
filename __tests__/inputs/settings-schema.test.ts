import { Ajv } from 'ajv'
import { expect, test } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { settingsSchema } from '../../scripts/settings-schema.js'
import { parseSettings } from '../../src/inputs/settings.js'
import { parse } from 'yaml'

const onDisk = await readFile(new URL('../../settings.schema.json', import.meta.url), 'utf8')
const accepts = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(onDisk) as object)

test('the published schema is what the table of inputs says; otherwise run `npm run build`', () => {
  expect(onDisk).toBe(settingsSchema())
})

const GOOD = `
upstream-repository: pangeo-data/pangeo-docker-images
upstream-files:
  base-notebook/environment.yml: BNenvironment.yml
environment-files: [../common/environment.yml, environment.yml]
relock: 7
draft: true
same-version: |
  python
  dask
images:
  notebook:
  gpu:
    cuda: '12.4'
    update: minimal
    upstream-files: none
  dask:
    upstream-files:
      - base-notebook/environment.yml: BNenvironment.yml
`

test('an editor with the schema accepts what the action accepts', () => {
  expect(accepts(parse(GOOD))).toBe(true)
  expect(() => parseSettings('s.yml', GOOD)).not.toThrow()
})

test.each([
  ['relok: 7'],
  ['token: x'],
  ['working-directory: a'],
  ['lockfile: [a]'],
  ['platforms: {a: b}'],
  ['images: [a]'],
  ['images: {a: {title: A}}'],
  ['images: {a: {nothing: A}}']
])('neither an editor nor the action accepts %s', text => {
  expect(accepts(parse(text))).toBe(false)
  expect(() => parseSettings('s.yml', text)).toThrow()
})

test.each([['update: some'], ['draft: perhaps'], ['images: {a: {on-overlap: maybe}}']])(
  'an editor knows the values that there are, and not %s',
  text => {
    expect(accepts(parse(text))).toBe(false)
  }
)
