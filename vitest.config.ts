import { availableParallelism, tmpdir } from "node:os";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { fastFolder } from "./scripts/fast-folder.ts";
import LongestFirst from "./scripts/longest-first.ts";

// Measures when answers come, so it runs alone.
const TIMED = ["test/conformance/indistinguishable.test.ts"];

// Real programs under as much load as a machine can bear, with nothing lost: so nothing else may be there.
const LOADED = ["test/real/ad/load.test.ts"];

// Where to write the results for `npm run evidence` as well, if anywhere.
const RESULTS = process.env.POSTERN_TEST_RESULTS;

// The unit project: code that needs nothing of the platform. Node judges it as well as workerd, in a fraction of the
// time. The exceptions, `!(...)`, are pure too, but what they prove is what a cipher or digest computes. Production
// computes it in workerd: MD4 and RC4, which Node has only as a legacy option, AES-GCM and RSA, which Node takes from
// another library.
const UNIT = [
  "src/core/ntlm/!(clients|mutation|relay|sealed-challenge|unpredictable|vectors|verify).test.ts",
  "src/core/credentials/!(app-password|code-password|sealed-hash|evidence).test.ts",
  "src/core/crypto/!(seal|signing-keys).test.ts",
  "src/core/sts/{sids,escape}.test.ts",
  "src/core/{lync,device,directory,import,policy,lockout,probe,scim,text}/**/*.test.ts",
  "src/core/proof/{canonical-form,issued-certificate}.test.ts",
  "src/core/http/{canonical,misread-path,publish,postback}.test.ts",
  "src/ticket/!(envelope).test.ts",
  "src/api/certificates.test.ts",
  "src/audit/{event,log,explain,stages,trace}.test.ts",
  "src/config/{domains,sign-on}.test.ts",
  "src/web/{identity/{roles,identity},local-path}.test.ts",
  "src/portal/activity/{told,sentence}.test.ts",
];

const WORKERD = cloudflareTest(async () => ({
  wrangler: { configPath: "./test/wrangler.toml" },
  miniflare: { bindings: { __TEST_MIGRATIONS: await readD1Migrations("./migrations") } },
}));

// Most of a test's time is spent waiting, so even a machine of two cores runs several files at once. A file with a
// gateway waits longest.
const AT_ONCE = Math.max(6, availableParallelism());
const GATEWAYS_AT_ONCE = Math.max(10, availableParallelism());
// Real programs compute more: a browser, a directory that is set up.
const REAL_AT_ONCE = 3;

// Vitest's workers are threads, processes, or workerd. A file gets no new one: starting one costs more than most files.
const SHARED = { isolate: false } as const;
// `expect.poll` waits for a second by default, and on a busy machine much takes longer.
const PATIENT = { expect: { poll: { timeout: 60_000 } } } as const;
const LEGACY_DIGESTS = ["--openssl-legacy-provider"];
const env = { POSTERN_LONG_RUNS: process.env.POSTERN_LONG_RUNS ?? "" };

// Every worker inherits this. Real clients are other people's programs and keep their files where they always do.
const USUAL_FOLDER = tmpdir();
process.env.TMPDIR = fastFolder();

/** What the projects of real programs have in common. */
const REAL = {
  ...SHARED,
  ...PATIENT,
  env: { ...env, TMPDIR: USUAL_FOLDER },
  execArgv: LEGACY_DIGESTS,
  testTimeout: 600_000, // setting up a directory and a browser on a slow machine takes minutes
  hookTimeout: 600_000,
};

// The rings of tests, from within: pure code in Node; Durable Objects, D1 and ciphers in workerd; the started gateway
// from outside; real clients.
export default defineConfig({
  test: {
    maxWorkers: AT_ONCE,
    sequence: { sequencer: LongestFirst },
    // What started gateways share is made once, for all projects.
    globalSetup: "./test/kit/gateway/prepared-folder.ts",
    reporters: [
      "default",
      "./scripts/plain-count-reporter.ts",
      ...(RESULTS === undefined ? [] : [["json", { outputFile: RESULTS }] as ["json", { outputFile: string }]]),
    ],
    projects: [
      {
        test: {
          name: "unit",
          env,
          include: UNIT,
          pool: "forks",
          execArgv: LEGACY_DIGESTS, // for fixtures: users with passwords
          testTimeout: 240_000, // a slow machine is no fault of what is tested
          ...SHARED,
          ...PATIENT,
        },
      },
      {
        plugins: [WORKERD],
        test: {
          name: "workerd",
          env,
          include: ["src/**/*.test.ts", "test/workerd/**/*.test.ts"],
          exclude: UNIT,
          setupFiles: ["./test/workerd/setup.ts"],
          // A line that a guard logs when its file has ended would wait for ever for Vitest, and the run with it.
          disableConsoleIntercept: true,
          testTimeout: 240_000,
          ...SHARED,
          ...PATIENT,
        },
      },
      {
        test: {
          name: "node",
          env,
          include: [
            "simulator/**/*.test.ts",
            "cli/**/*.test.ts",
            "local/**/*.test.ts",
            "scripts/**/*.test.ts",
            "connector/test/**/*.test.ts",
            "agent/test/**/*.test.ts",
            "test/conformance/**/*.test.ts",
          ],
          exclude: TIMED,
          execArgv: LEGACY_DIGESTS,
          ...SHARED,
          ...PATIENT,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: GATEWAYS_AT_ONCE,
          sequence: { groupOrder: 1 }, // Vitest wants to finish with one number of workers before it takes another
        },
      },
      {
        test: {
          name: "timing",
          env,
          include: TIMED,
          execArgv: LEGACY_DIGESTS,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 2 }, // when everything else has ended: these tests measure time
        },
      },
      {
        test: {
          ...REAL,
          name: "real",
          include: ["test/real/**/*.test.ts"],
          exclude: ["**/node_modules/**", ...LOADED],
          maxWorkers: REAL_AT_ONCE,
          sequence: { groupOrder: 3 }, // when nothing measures time any more
        },
      },
      {
        test: { ...REAL, name: "real-alone", include: LOADED, maxWorkers: 1, sequence: { groupOrder: 4 } },
      },
    ],
  },
});
