import { expect, test } from '@jest/globals'
import { parseInputs } from '../../src/inputs.js'
import { readRunner } from '../../src/runner.js'

const runner = readRunner({ RUNNER_TEMP: '/tmp', GITHUB_REPOSITORY: 'octo/image', GITHUB_REF: 'refs/heads/main' })
const parse = (given: Readonly<Record<string, string>>) => {
  const inputs = new Map(Object.entries({ token: 'secret', ...given }))
  return parseInputs(name => inputs.get(name) ?? '', runner).mode
}

test('by default a pull request gets nothing, and commits of others stay', () => {
  expect(parse({})).toMatchObject({
    labels: [],
    assignees: [],
    reviewers: [],
    teamReviewers: [],
    draft: false,
    autoMerge: undefined,
    overwrite: false,
    dispatchWorkflows: [],
    reportFailures: false
  })
})

test('what a team wants is read line by line', () => {
  const inputs = {
    assignees: 'alice\n\n bob ',
    reviewers: 'carol',
    'team-reviewers': 'octo/maintainers',
    draft: 'true',
    'auto-merge': 'rebase',
    overwrite: 'true',
    'dispatch-workflows': 'ci.yml\nbuild.yaml',
    'report-failures': 'true'
  }
  expect(parse(inputs)).toMatchObject({
    assignees: ['alice', 'bob'],
    reviewers: ['carol'],
    teamReviewers: ['octo/maintainers'],
    draft: true,
    autoMerge: 'rebase',
    overwrite: true,
    dispatchWorkflows: ['ci.yml', 'build.yaml'],
    reportFailures: true
  })
})

test.each([
  ['draft', 'yes', 'Input `draft`: `yes` is neither `true` nor `false`.'],
  ['overwrite', '1', 'Input `overwrite`: `1` is neither `true` nor `false`.'],
  ['report-failures', 'on', 'Input `report-failures`: `on` is neither `true` nor `false`.'],
  ['auto-merge', 'true', 'Input `auto-merge`: `true` is not one of merge, squash, rebase.'],
  [
    'dispatch-workflows',
    'ci.yml\n../x.yml',
    'Input `dispatch-workflows`: `../x.yml` is not the name of a workflow file, such as `ci.yml`.'
  ]
])('%s: %j is refused', (name, value, sentence) => {
  expect(() => parse({ [name]: value })).toThrow(sentence)
})
