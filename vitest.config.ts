import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{apps,packages,bench}/*/{src,test}/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: ["packages/testkit/src/vitest-global-setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Two cores are the common CI machine; more workers only fight over PostgreSQL.
    maxWorkers: 2,
  },
});
