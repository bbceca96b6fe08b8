import config from './jest.config.js'

/** What takes minutes, or needs root: `npm run test:networks`. */
export default {
  ...config,
  testMatch: ['<rootDir>/__tests__/**/*.networks.ts'],
  reporters: ['default', '<rootDir>/__tests__/support/row-reporter.js']
}
