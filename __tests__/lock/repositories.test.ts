import { expect, test } from '@jest/globals'
import { parseRepository, repositoriesOf } from '../../src/lock/repositories.js'

test.each([
  ['https://github.com/pydata/xarray', 'github.com/pydata/xarray'],
  ['https://github.com/pydata/xarray.git/', 'github.com/pydata/xarray'],
  ['https://GitHub.com/pydata/xarray?tab=readme#readme', 'github.com/pydata/xarray'],
  ['https://gitlab.com/gitlab-org/gitlab-runner', 'gitlab.com/gitlab-org/gitlab-runner'],
  ['https://gitlab.com/group/subgroup/project', undefined],
  ['https://github.com/googleapis/google-cloud-python/tree/main/packages/google-auth', undefined],
  ['https://github.com/pydata', undefined],
  ['https://github.com/sponsors/pydata', undefined],
  ['https://pydata.github.io/xarray', undefined],
  ['http://github.com/pydata/xarray', undefined],
  ['https://github.com:8443/pydata/xarray', undefined],
  ['https://github.com@evil.example/pydata/xarray', undefined],
  ['https://me:pw@github.com/pydata/xarray', undefined],
  ['https://github.com.evil.example/pydata/xarray', undefined],
  ['https://github.com/pydata/xarray)[b](https:', undefined],
  ['https://github.com/pydata/%2e%2e', undefined],
  ['https://github.com/pydata/<b>', undefined],
  ['javascript:alert(1)', undefined],
  ['git@github.com:pydata/xarray', undefined],
  ['', undefined]
])('%j is the repository %s', (address, repository) => {
  expect(parseRepository(address)).toBe(repository)
})

test('of several addresses that of the source counts, then that of the home page, and no other', () => {
  const projects = {
    'Xarray.Like': [
      ['homepage', 'https://github.com/a/website'],
      ['Source Code', 'https://github.com/a/xarray']
    ],
    'home-only': [
      ['Source', 'https://svn.example/trunk'],
      ['Homepage', 'https://codeberg.org/a/home']
    ],
    funded: [['Funding', 'https://github.com/sponsors/a']]
  } as const
  expect([...repositoriesOf(projects)]).toEqual([
    ['xarray-like', 'github.com/a/xarray'],
    ['home-only', 'codeberg.org/a/home']
  ])
})
