import { expect, test } from '@jest/globals'
import { inputsOf } from '../support/inputs.js'

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
  expect(inputsOf(inputs).mode).toMatchObject({
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
  expect(() => inputsOf({ [name]: value })).toThrow(sentence)
})
