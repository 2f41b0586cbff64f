import { availableParallelism } from "node:os";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

// Measures when answers come, so it runs alone.
const TIMED = ["test/conformance/indistinguishable.test.ts"];

// Where to write the results for `npm run evidence` as well, if anywhere.
const RESULTS = process.env.POSTERN_TEST_RESULTS;

// Two rings: what runs in workerd (pure core, Durable Objects, D1), and what drives the started gateway from outside.
export default defineConfig({
  test: {
    // Most of a test's time is spent waiting, so even a machine of two cores runs two files at once.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: [
      "default",
      "./scripts/plain-count-reporter.ts",
      ...(RESULTS === undefined ? [] : [["json", { outputFile: RESULTS }] as ["json", { outputFile: string }]]),
    ],
    projects: [
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./test/wrangler.toml" },
            miniflare: { bindings: { __TEST_MIGRATIONS: await readD1Migrations("./migrations") } },
          })),
        ],
        test: {
          name: "workerd",
          include: ["src/**/*.test.ts", "test/workerd/**/*.test.ts"],
          setupFiles: ["./test/workerd/setup.ts"],
          testTimeout: 30_000, // a slow machine is no fault of what is tested
        },
      },
      {
        test: {
          name: "node",
          include: [
            "simulator/**/*.test.ts",
            "cli/**/*.test.ts",
            "local/**/*.test.ts",
            "scripts/**/*.test.ts",
            "connector/test/**/*.test.ts",
            "test/conformance/**/*.test.ts",
          ],
          exclude: TIMED,
          execArgv: ["--openssl-legacy-provider"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "timing",
          include: TIMED,
          execArgv: ["--openssl-legacy-provider"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 }, // when everything else has ended: these tests measure time
        },
      },
      {
        test: {
          name: "real",
          include: ["test/real/**/*.test.ts"],
          execArgv: ["--openssl-legacy-provider"],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
