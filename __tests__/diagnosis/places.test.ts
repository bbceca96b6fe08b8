import { expect, test } from '@jest/globals'
import { placeOfChannel } from '../../src/diagnosis/places.js'
import { parseEnvironment } from '../../src/environment/parse.js'

const CHANNELS = [
  'defaults',
  'conda-forge',
  'conda-forge/label/dev',
  'https://me:s3cret@conda.example.org/own',
  'https://conda.anaconda.org/t/ab-12345678/private',
  'https://${USER}:${PASSWORD}@conda.example.org/shared'
]

const environment = parseEnvironment(
  { file: 'environment.yml', fix: '' },
  Buffer.from(`channels:\n${CHANNELS.map(channel => `  - ${channel}\n`).join('')}dependencies: [dask]\n`),
  ['linux-64']
)

test.each([
  ['https://repo.anaconda.com/pkgs/main/noarch/repodata.json', 2],
  ['https://conda.anaconda.org/conda-forge/noarch/repodata.json', 3],
  ['https://conda.anaconda.org/conda-forge/label/dev/noarch/repodata.json', 4],
  ['https://conda.example.org/own/noarch/repodata.json', 5],
  ['https://conda.anaconda.org/t/********/private/noarch/repodata.json', 6],
  ['https://conda.example.org/shared/noarch/repodata.json', 7],
  ['https://elsewhere.example.org/noarch/repodata.json', undefined]
])('%s is of the channel in line %s', (url, line) => {
  expect(placeOfChannel(url, { environments: [environment] })?.line).toBe(line)
})
