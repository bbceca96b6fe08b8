/** When a build is another variant of a package: builds as the channels conda-forge, defaults and pytorch have them. */
import { expect, test } from '@jest/globals'
import { isOtherVariant, variantWords } from '../../src/report/variants.js'

test.each([
  ['another CUDA', 'cuda112py310h898796e_1', 'cuda126py312h5a49573_200'],
  ['another CUDA, written in another way', 'cuda118py311heb1bdc4_0', 'cuda126_generic_py310_h478e78a_207'],
  ['another CUDA of the channel pytorch', 'py3.10_cuda11.8_cudnn8.7.0_0', 'py3.10_cuda12.1_cudnn8.9.2_0'],
  ['CUDA no more', 'cuda120py311h5a49573_202', 'cpu_py311h6cf89bf_0'],
  ['CUDA no more, told at the end', 'h2937f24_4_cuda', 'h635bf11_6_cpu'],
  ['CUDA no more, told by nothing', 'cuda118py311h0476658_0', 'py311h0476658_0'],
  ['CUDA for the first time', 'cpu_generic_py312_h1234567_1', 'cuda126_generic_py312_h1234567_200'],
  ['another BLAS', '31_h59b9bed_openblas', '32_h372d94f_mkl'],
  ['another MPI', 'nompi_py311h5a49573_101', 'mpi_mpich_py311h5a49573_101']
])('%s', (_what, before, after) => {
  expect([isOtherVariant(before, after), isOtherVariant(after, before)]).toEqual([true, true])
})

test.each([
  ['another Python', 'cuda112py39h01bd6f0_0', 'cuda112py310h898796e_1'],
  ['another Python, without CUDA', 'py39h01bd6f0_0', 'py310h898796e_0'],
  ['another Python of the channel pytorch', 'py3.10_cuda12.1_cudnn8.9.2_0', 'py3.12_cuda12.1_cudnn8.9.2_0'],
  ['a newer CUDA of the same major version', 'cuda120py312h5a49573_202', 'cuda126py312h5a49573_0'],
  ['a newer CUDA and cuDNN of the channel pytorch', 'py3.12_cuda12.1_cudnn8.9.2_0', 'py3.12_cuda12.4_cudnn9.1.0_0'],
  ['another build number', 'h635bf11_3_cpu', 'h635bf11_14_cpu'],
  ['nothing but words for all', 'h1234567_0_cpython', '7_cp311'],
  ['the way of conda-forge and of defaults', 'conda_forge', 'pyhd8ed1ab_0']
])('%s is the same variant', (_what, before, after) => {
  expect([isOtherVariant(before, after), isOtherVariant(after, before)]).toEqual([false, false])
})

test('the words name the variant alone', () => {
  const builds = ['cuda112py310h898796e_1', 'py3.10_cuda12.1_cudnn8.9.2_0', '16_linux64_openblas', 'pyhd8ed1ab_0']
  expect(builds.map(build => variantWords(build).join(' '))).toEqual(['cuda112', 'cuda12.1 cudnn8.9.2', 'openblas', ''])
})
