/** Jest, with the sources as native ES modules (started with --experimental-vm-modules by `npm run jest`). */
export default {
  rootDir: '..',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  /** Real servers run by `npm run test:real` only. */
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/real/'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      },
    ],
  },
  maxWorkers: 2,
  /** Milliseconds. */
  testTimeout: 30_000,
  errorOnDeprecated: true,
};
