import { expect, test } from '@jest/globals'
import { loadVersionOrder } from '../../src/lockfile/version-order.js'
import { pageOf, releasesOf } from '../../src/report/links.js'
import { makeReport } from '../../src/report/make.js'
import { renderReport } from '../../src/report/report.js'
import { factsOf, lock, type LockChange } from '../support/locks.js'
import { HOSTILE } from './changes.js'

const order = await loadVersionOrder()
const FORGE = 'https://conda.anaconda.org/conda-forge/linux-64/x-1-h5eee18b_0.conda'
const WHEEL = 'https://files.pythonhosted.org/packages/ab/cd/x-1-py3-none-any.whl'

test.each([
  ['conda', 'numpy', FORGE, 'https://anaconda.org/conda-forge/numpy'],
  ['conda', '_libgcc_mutex', FORGE, 'https://anaconda.org/conda-forge/_libgcc_mutex'],
  [
    'conda',
    'numpy',
    'https://conda.anaconda.org/conda-forge/label/dev/noarch/x-1-0.conda',
    'https://anaconda.org/conda-forge/numpy'
  ],
  ['conda', 'numpy', 'https://conda.anaconda.org/t/tk-123/my-lab/noarch/x-1-0.conda', undefined],
  ['conda', 'numpy', 'https://me:pw@conda.anaconda.org/my-lab/noarch/x-1-0.conda', undefined],
  ['conda', 'numpy', 'https://conda.anaconda.org.evil.example/conda-forge/noarch/x-1-0.conda', undefined],
  ['conda', 'numpy', 'http://conda.anaconda.org/conda-forge/noarch/x-1-0.conda', undefined],
  ['conda', 'numpy', 'https://conda.anaconda.org/../noarch/x-1-0.conda', undefined],
  ['conda', 'numpy', 'https://conda.anaconda.org/a)[b](c/noarch/x-1-0.conda', undefined],
  ['conda', 'numpy', 'https://mirror.example/conda-forge/noarch/x-1-0.conda', undefined],
  ['pip', 'hapiclient', WHEEL, 'https://pypi.org/project/hapiclient/'],
  ['pip', 'hapiclient', 'https://files.pythonhosted.org.evil.example/x-1-py3-none-any.whl', undefined],
  ['pip', 'hapiclient', 'git+https://github.com/octocat/hapiclient', undefined],
  ['pip', '../octocat', WHEEL, undefined],
  ['conda', '..', FORGE, undefined]
] as const)('the page of the %s package %s from %s is %s', (manager, name, url, page) => {
  expect(pageOf({ manager, name, url })).toBe(page)
})

test('a name that would need an escape has no page; one that looks like a host stays a segment of the path', () => {
  const pages = HOSTILE.flatMap(name => [
    pageOf({ manager: 'conda', name, url: FORGE }) ?? [],
    pageOf({ manager: 'pip', name, url: WHEEL }) ?? []
  ])
  expect(pages.flat()).toEqual([
    'https://anaconda.org/conda-forge/www.evil.example',
    'https://pypi.org/project/www.evil.example/'
  ])
})

const NAMED: LockChange = {
  before: lock('numpy 1.26.4 py312h5eee18b_0\nlibblas 3.9.0 31_h59b9bed_openblas\nxarray 2025.1.0 pyhd8ed1ab_0'),
  after: lock('numpy 2.3.2 py312h5eee18b_0\nlibblas 3.10.0 7_h59b9bed_openblas\nxarray 2025.1.0 pyhd8ed1ab_1'),
  own: 'channels: [conda-forge]\ndependencies: [numpy, xarray]\n'
}

const LINKED = '[`numpy`](https://anaconda.org/conda-forge/numpy)'

function render(change: LockChange, limit = Infinity): string {
  return renderReport(makeReport(factsOf(change), order), limit)
}

test('a package that an environment file names leads to its page wherever it has a row, another does not', () => {
  const text = render(NAMED)
  expect(text.split(LINKED)).toHaveLength(3)
  expect(text).toContain('[`xarray`](https://anaconda.org/conda-forge/xarray)')
  expect(text).toContain('`libblas`')
  expect(text).not.toContain('anaconda.org/conda-forge/libblas')
})

test('`links: none` says the same without links', () => {
  const text = render({ ...NAMED, inputs: { links: 'none' } })
  expect(text).not.toContain('anaconda.org')
  expect(text).toBe(withoutPages(render(NAMED)))
})

test('the major upgrade of a pip package leads to the releases of the repository that the package names', () => {
  const change: LockChange = {
    before: lock('numpy 1.26.4 py312h5eee18b_0\nhapiclient 0.2.6 pip\nsunpy 6.1.1 pip'),
    after: lock('numpy 2.3.2 py312h5eee18b_0\nhapiclient 1.0.0 pip\nsunpy 7.0.1 pip'),
    own: 'channels: [conda-forge]\ndependencies: [numpy, pip: [hapiclient, sunpy]]\n',
    repositories: new Map([
      ['hapiclient', 'github.com/hapi-server/client-python'],
      ['numpy', 'github.com/numpy/numpy']
    ])
  }
  const link = ' ([releases](https://github.com/hapi-server/client-python/releases))'
  expect(
    render(change)
      .split('\n')
      .filter(line => line.includes('major upgrade'))
  ).toEqual([
    expect.stringContaining(`\`1.0.0\` | major upgrade${link} |`),
    expect.stringMatching(/`numpy`.* \| major upgrade \|$/),
    expect.stringMatching(/`sunpy`.* \| major upgrade \|$/)
  ])
  expect(render({ ...change, inputs: { links: 'none' } })).not.toContain('releases')
  expect(['gitlab.com/a/b', 'bitbucket.org/a/b', 'elsewhere.example/a/b'].map(releasesOf)).toEqual([
    'https://gitlab.com/a/b/-/releases',
    'https://bitbucket.org/a/b/downloads/?tab=tags',
    undefined
  ])
})

test('where there is little room, links give way before anything else', () => {
  const text = render(NAMED)
  expect(render(NAMED, Buffer.byteLength(text))).toBe(text)
  expect(render(NAMED, Buffer.byteLength(text) - 1)).toBe(withoutPages(text))
})

function withoutPages(text: string): string {
  return text.replace(/\[(`[\w-]+`)\]\(https:\/\/anaconda\.org\/[\w/-]+\)/g, '$1')
}
