import { availableParallelism } from 'node:os'

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false, tsconfig: 'tsconfig.json' }] },
  testTimeout: 120_000,
  testSequencer: '<rootDir>/__tests__/support/sequencer.js',
  // More than there are cores: much of the time tests wait, for GitHub's pace between writes above all.
  maxWorkers: availableParallelism() + 2,
  // Tests that run at once mostly wait for Octokit, which leaves a second between writes.
  maxConcurrency: 20
}
