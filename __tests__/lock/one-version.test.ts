/** Python projects that conda and pip have both locked, or that one needs of the other. */
import { expect, test } from '@jest/globals'
import { findClashes, meets, type CondaNames } from '../../src/lock/one-version.js'
import { lock } from '../support/locks.js'
import { askToolchain } from '../support/toolchain-python.js'

function clashes(text: string, names: CondaNames = {}): string[] {
  return findClashes(lock(text), names).map(
    ({ kind, conda, pip }) => `${kind}: ${conda.name} ${conda.version}, ${pip.name}`
  )
}

test.each<[string, string, readonly string[], CondaNames]>([
  [
    'a pip package brings another version of what conda has',
    'cloudpickle 3.1.1\ncloudpickle 2.2.1 pip\nneedsold 1.0 pip: cloudpickle<3',
    ['two versions: cloudpickle 3.1.1, cloudpickle'],
    {}
  ],
  ['the same version of both is one', 'numpy 2.0\nnumpy 2.0.0 pip', [], {}],
  ['the versions of 2024.01 are equal, too', 'certifi 2024.01.02\ncertifi 2024.1.2 pip', [], {}],
  ["conda's does not meet a requirement", 'numpy 2.3.2\nold 1.0 pip: numpy<2', ['unmet: numpy 2.3.2, old'], {}],
  ["conda's meets it", 'numpy 2.3.2\nnew 1.0 pip: numpy>=2', [], {}],
  ['what only pip has is no matter', 'new 1.0 pip: parfive>=2\nparfive 2.1 pip', [], {}],
  [
    'names are compared as PyPI does',
    'ruamel.yaml 0.18\nruamel-yaml 0.17 pip',
    ['two versions: ruamel.yaml 0.18, ruamel-yaml'],
    {}
  ],
  [
    "conda's name is another one",
    'pytorch 2.7.0 cuda126_py312h1_300\ntorch 2.5.1 pip',
    ['two versions: pytorch 2.7.0, torch'],
    { torch: 'pytorch' }
  ],
  [
    "conda's package of that name is another project",
    'graphviz 12.0\ngraphviz 0.20 pip',
    [],
    { graphviz: 'python-graphviz' }
  ],
  [
    'a version that is none for Python is compared as it is',
    'jpeg 9e\njpeg 9.5 pip\nx 1 pip: jpeg>=9',
    ['two versions: jpeg 9e, jpeg'],
    {}
  ]
])('%s', (_, packages, expected, names) => {
  expect(clashes(packages, names)).toEqual(expected)
})

test('each platform is for itself', () => {
  const packages = [...lock('numpy 2.0', ['linux-64']), ...lock('numpy 1.9 pip', ['osx-64'])]
  expect(findClashes(packages, {})).toEqual([])
})

const VERSIONS = '0.9 1.0 1.0.0 1.0.post1 1.0rc1 1.0.dev3 1.0+local 1.4.2 1.5 1.10 2.0 2.0b1 2024.01 1!0.5'.split(' ')
const REQUIREMENTS =
  '>=1.0|>1.0|<2|<=1.0|==1.0|==1.*|!=1.5|~=1.4|~=1.4.1|>=1.4,<2.0|===1.0|>=1.0rc1|>1.0rc1|!=1.*|==1!0.5|>=2024.1'.split(
    '|'
  )

test("requirements are met as for Python's own `packaging`", async () => {
  const program = `
import json, sys
from packaging.specifiers import SpecifierSet
pairs = json.load(sys.stdin)
print(json.dumps([SpecifierSet(spec).contains(version, prereleases=True) for version, spec in pairs]))`
  const pairs = VERSIONS.flatMap(version => REQUIREMENTS.map(spec => [version, spec] as const))
  const expected = (await askToolchain(program, pairs)) as boolean[]
  const wrong = pairs.filter(([version, spec], index) => meets(version, spec) !== expected[index])
  expect(wrong).toEqual([])
})

test('alternatives of Poetry, and any version, are understood', () => {
  expect(['1.4', '1.5', '1.6'].map(version => meets(version, '>=1,<1.5 || >1.5'))).toEqual([true, false, true])
  expect(meets('1.0', '*')).toBe(true)
})
