/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false, tsconfig: 'tsconfig.json' }] },
  testTimeout: 120_000,
  // By default Jest leaves one core unused, but the tests wait for other processes most of the time.
  maxWorkers: '100%',
  // Tests that run at once mostly wait for Octokit, which leaves a second between writes.
  maxConcurrency: 20
}
