import { defineConfig } from 'vitest/config';

/** The tests of the home on AWS, which need LocalStack: `AWS_ENDPOINT_URL`, or http://127.0.0.1:4566. */
export default defineConfig({
  test: {
    include: ['test/aws/**/*.test.ts'],
    globalSetup: ['test/aws/support/need-endpoint.ts'],
    // What is tested waits more than it works: the visibility of tickets and the expiry of URLs are real time.
    sequence: { concurrent: true },
    maxConcurrency: 8,
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
