import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { load } from 'js-yaml'
import { actionYml } from '../../scripts/action-yml.js'
import { INPUTS, OUTPUTS, type InputDescription } from '../../src/inputs/table.js'

const onDisk = await readFile(new URL('../../action.yml', import.meta.url), 'utf8')

test('action.yml is what the table of inputs and outputs says; otherwise run `npm run build`', () => {
  expect(onDisk).toBe(actionYml())
})

test('action.yml documents every input with its default, and every output', () => {
  const { inputs, outputs, runs } = load(onDisk) as {
    inputs: Record<string, { description: string; required: boolean; default?: string }>
    outputs: Record<string, { description: string }>
    runs: unknown
  }
  expect(Object.keys(inputs)).toEqual(Object.keys(INPUTS))
  for (const [name, input] of Object.entries<InputDescription>(INPUTS)) {
    // A default that the runner fills in looks like an input that the workflow has set, and that wins over the settings file.
    const filledIn = name === 'token' ? input.default : undefined
    expect([name, inputs[name]?.default, inputs[name]?.required]).toEqual([name, filledIn, false])
    expect(inputs[name]?.description).toMatch(/^\S.*\.$/s)
    const told = filledIn === undefined ? (input.default?.split('\n') ?? []) : []
    for (const line of told) expect(inputs[name]?.description).toContain(`\`${line}\``)
  }
  expect(Object.keys(outputs)).toEqual(Object.keys(OUTPUTS))
  expect(runs).toEqual({ using: 'node24', main: 'dist/index.js' })
})
