/** What a report says of the size of what is downloaded, and when. */
import { describe, expect, test } from '@jest/globals'
import { loadVersionOrder } from '../../src/lockfile/version-order.js'
import { megabytes, renderDownloads } from '../../src/report/download.js'
import { renderImages } from '../../src/report/images.js'
import { makeReport } from '../../src/report/make.js'
import { renderReport } from '../../src/report/report.js'
import type { Report } from '../../src/report/values.js'
import { factsOf, lock, type LockChange } from '../support/locks.js'
import { sizesOf } from './changes.js'

const order = await loadVersionOrder()

const SIZES = {
  'pytorch 2.7.1 cpu': 26_913_243,
  'pytorch 2.7.1 cuda126': 536_110_812,
  'numpy 2.3.2': 8_785_045,
  'numpy 2.3.3': 8_791_231,
  'nodejs 22.17': 24_103_512,
  'scipy 1.16.0': 17_190_354,
  'scipy 1.16.1': 17_212_911
}
const CPU = 'pytorch 2.7.1 cpu_mkl_py312_0'
const CUDA = 'pytorch 2.7.1 cuda126_mkl_py312_0'

function reportOf(change: LockChange, sizes: Readonly<Record<string, number>> = SIZES): Report {
  return makeReport(factsOf({ ...change, sizes: sizesOf(change, sizes) }), order)
}

function downloadsOf({ downloads, platforms }: Report): string {
  return renderDownloads(downloads, platforms)
}

function told(before: string | undefined, after: string): string {
  const change = { before: before === undefined ? undefined : lock(before), after: lock(after) }
  return downloadsOf(reportOf(change))
}

const first = (text: string) => text.split('\n', 1)[0]

describe('the download', () => {
  test.each<[string, string | undefined, string, string]>([
    ['grows', `${CPU}\nnumpy 2.3.2`, `${CUDA}\nnumpy 2.3.3`, 'The download grows by 509 MB (+1426 %) to 545 MB.'],
    ['shrinks', `${CPU}\nnodejs 22.17`, CPU, 'The download shrinks by 24 MB (−47.2 %) to 27 MB.'],
    [
      'grows by little of much',
      'pytorch 2.7.1 cuda126_0\nscipy 1.16.0\nnumpy 2.3.2',
      'pytorch 2.7.1 cuda126_0\nscipy 1.16.1\nnumpy 2.3.2\nnodejs 22.17',
      'The download grows by 24 MB (+4.3 %) to 586 MB.'
    ],
    [
      'is new',
      undefined,
      `${CUDA}\nnodejs 22.17\nsix 1.17`,
      'The download is 560 MB, without 1 package of unknown size.'
    ],
    [
      'leaves out what is unknown before or now, and what is unknown and stays',
      `${CPU}\nnumpy 1.0\nscipy 1.16.0\nsix 1.17\nsunpy 6.0 pip\nhapiclient 0.2.5 pip`,
      `${CUDA}\nnumpy 2.3.3\nscipy 2.0\nsix 1.17\nsunpy 6.0 pip\nhapiclient 0.2.6 pip`,
      'The download grows by 509 MB (+1892 %) to 545 MB, without 3 changed and 2 unchanged packages of unknown size.'
    ]
  ])('%s', (_, before, after, sentence) => {
    expect(first(told(before, after))).toBe(sentence)
  })

  test.each<[string, string, string]>([
    ['nothing has changed', CUDA, CUDA],
    ['what changed is less than what shows', 'numpy 2.3.2\nscipy 1.16.0', 'numpy 2.3.3\nscipy 1.16.1'],
    ['no size is known of what changed', `${CPU}\nsix 1.16`, `${CPU}\nsix 1.17`]
  ])('is not told if %s', (_, before, after) => {
    expect(told(before, after)).toBe('')
  })

  test('has nothing more of the same file from another address, whose size need not be known', () => {
    const before = lock(`${CPU}\nsix 1.17`)
    const after = lock(`${CUDA}\nhttps://mirror.example/conda-forge::six 1.17`)
    const [, six] = before
    const same = after.map(pin => (pin.name === 'six' && six ? { ...pin, hash: six.hash, md5: six.md5 } : pin))
    expect(first(downloadsOf(reportOf({ before, after: same })))).toBe(
      'The download grows by 509 MB (+1892 %) to 536 MB, without 1 unchanged package of unknown size.'
    )
  })

  test('which is unknown as a whole is not told either', () => {
    expect(downloadsOf(reportOf({ before: lock(CPU), after: lock(CUDA) }, {}))).toBe('')
  })
})

describe('the packages that add most', () => {
  test('are ten at most, the largest first, by what each adds to its own size of before', () => {
    const names = Array.from({ length: 12 }, (_, index) => `lib${String.fromCharCode(97 + index)}`)
    const at = (version: string) => lock(names.map(name => `${name} ${version}`).join('\n'))
    const sizes = Object.fromEntries(
      names.flatMap((name, index) => [
        [`${name} 1`, 500_000_000],
        [`${name} 2`, 500_000_000 + index * 1_000_000]
      ])
    )
    const text = downloadsOf(reportOf({ before: at('1'), after: at('2') }, sizes))
    const rows = text.match(/^\| `.*$/gm) ?? []
    expect(rows).toHaveLength(10)
    expect([rows[0], rows[1], rows[9]]).toEqual(['| `libl` | +11 MB |', '| `libk` | +10 MB |', '| `libc` | +2.0 MB |'])
  })

  test('do not have those that shrink, stay, or are not known', () => {
    const text = told(`${CPU}\nnodejs 22.17\nnumpy 2.3.2\nsix 1.16`, `${CUDA}\nnumpy 2.3.3\nsix 1.17`)
    expect(text.match(/^\| `.*$/gm)).toEqual(['| `pytorch` | +509 MB |'])
  })
})

test('platforms that change alike are told once, others each by itself, linux-64 first', () => {
  const platforms = ['osx-arm64', 'linux-64', 'linux-aarch64'] as const
  const before = lock(`${CPU}\nnumpy 2.3.2`, platforms)
  const after = [...lock(`${CUDA}\nnumpy 2.3.2`, ['linux-64']), ...lock(CPU, ['osx-arm64', 'linux-aarch64'])]
  const text = downloadsOf(reportOf({ platforms, before, after }))
  expect(text.split('\n').slice(0, 2)).toEqual([
    '- On `linux-64`, the download grows by 509 MB (+1426 %) to 545 MB.',
    '- On `osx-arm64`, `linux-aarch64`, the download shrinks by 8.8 MB (−24.6 %) to 27 MB.'
  ])
  const alike = { platforms, before, after: lock(`${CUDA}\nnumpy 2.3.2`, platforms) }
  expect(first(downloadsOf(reportOf(alike)))).toBe('The download grows by 509 MB (+1426 %) to 545 MB.')
})

test('a package is told with what it adds on each platform, and without what would show as nothing', () => {
  const platforms = ['linux-64', 'osx-arm64', 'linux-aarch64'] as const
  const before = lock(`${CPU}\nnodejs 22.17`, platforms)
  const after = [
    ...lock(CUDA, ['linux-64']),
    ...lock('pytorch 2.7.2 cpu_mkl_py312_0', ['osx-arm64']),
    ...lock('pytorch 2.7.3 cpu_mkl_py312_0', ['linux-aarch64'])
  ]
  const sizes = { ...SIZES, 'pytorch 2.7.2': 26_914_243, 'pytorch 2.7.3': 21_804_128 }
  const text = renderTable(reportOf({ platforms, before, after }, sizes))
  expect(text).toEqual([
    '| Package | `linux-64` | `osx-arm64` | `linux-aarch64` |',
    '| --- | --- | --- | --- |',
    '| `pytorch` | +509 MB |  | −5.1 MB |'
  ])
})

function renderTable(report: Report): string[] {
  return downloadsOf(report).match(/^\|.*$/gm) ?? []
}

test('each of several images has its own, also where it changes like all of them', () => {
  const change = (more: string) => ({ before: lock(CPU + more), after: lock(CUDA + more) })
  const images = ['', '\nnodejs 22.17'].map((more, index) => ({
    name: `images/${index}`,
    changed: true,
    report: { ...reportOf(change(more)), audience: 'section' as const }
  }))
  const text = renderImages({ images, failed: [], carried: [], runUrl: undefined }, 100_000)
  expect(text.match(/The download .*/g)).toEqual([
    'The download grows by 509 MB (+1892 %) to 536 MB.',
    'The download grows by 509 MB (+998 %) to 560 MB.'
  ])
})

test('where there is too little room, links give way first, then the download, then builds', () => {
  const old = Array.from({ length: 30 }, (_, index) => `package-${index} 1.0 h1_0`)
  const before = lock([CPU, 'dask 2025.7', ...old].join('\n'))
  const after = lock([CUDA, 'dask 2025.9', ...old.map(line => line.replace('h1_0', 'h2_1'))].join('\n'))
  const own = 'channels: [conda-forge]\ndependencies: [dask, pytorch]\n'
  const report = reportOf({ before, after, own })
  const parts = (text: string) => [/anaconda\.org/, /The download/, /`h2_1`/].map(part => part.test(text))
  const texts = Array.from({ length: 80 }, (_, index) => renderReport(report, 6000 - index * 50))
  const seen = [...new Set(texts.map(text => JSON.stringify(parts(text))))]
  expect(seen.slice(0, 4)).toEqual([
    '[true,true,true]',
    '[false,true,true]',
    '[false,false,true]',
    '[false,false,false]'
  ])
})

test.each([
  [50_000, '0.1 MB'],
  [9_949_999, '9.9 MB'],
  [9_950_000, '10 MB'],
  [48_300_000, '48 MB'],
  [999_499_999, '999 MB'],
  [999_500_000, '1.0 GB'],
  [2_345_000_000, '2.3 GB']
])('%i bytes are %s', (bytes, text) => {
  expect(megabytes(bytes)).toBe(text)
})
