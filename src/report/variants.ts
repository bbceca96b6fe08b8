import { trimEndOf } from '../common/sentences.js'

/** The hash at the end of a part, and what says for which Python, R, Perl or platform a build is. */
const HASH = /h[0-9a-f]{7}$/
const TAG =
  /^(?:np\d+|(?:np\d+)?(?:py|pypy|cp|r|pl)(?:ge)?[\d.]*|cpython|conda|forge|default|linux|linux64|unix|osx|win|win64)$/

/**
 * The words of a build string that say which variant of a package it is, such as `cuda126`, `cpu`, `nompi` or `mkl`. Real ones
 * look like `cuda126_py312h5eee18b_300`, `cpu_mkl_py312_h1234567_100`, `31_h59b9bed_openblas`, `0_cpython`, `cuda112py310h898796e_1`,
 * and in the channel `pytorch` like `py3.10_cuda12.1_cudnn8.9.2_0`.
 */
export function variantWords(build: string): string[] {
  return build
    .split('_')
    .map(part => part.replace(HASH, '').replace(/^(.*\D\d+)(?:py|cp)\d+$/, '$1'))
    .filter(word => word !== '' && !/^\d+$/.test(word) && !TAG.test(word))
}

/** Whether two builds are different variants. Versions in a word do not count, but for the first two digits of CUDA's: 11 or 12. */
export function isOtherVariant(before: string, after: string): boolean {
  const [old, now] = [before, after].map(build => variantWords(build).map(kindOf).sort().join())
  return old !== now
}

function kindOf(word: string): string {
  const name = trimEndOf(word, '0123456789.')
  return name.endsWith('cuda') ? word.slice(0, name.length + 2) : name
}
