// `npm run deploy` as a program, in front of an account that a fake wrangler plays.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { refusal } from "../cli/config/deployable.ts";
import { readWranglerFile } from "../cli/config/file.ts";
import { GOOD } from "../cli/config/good.fixture.ts";
import { fakeCloudflare } from "../test/kit/gateway/fake-cloudflare.ts";

const root = mkdtempSync(join(tmpdir(), "postern-deploy-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const KEYS = Object.fromEntries(
  ["SEALING_KEYS", "ADMIN_KEYS", "SIGN_ON_KEYS"].map((name, at) => [name, Buffer.alloc(32, at + 1).toString("base64")]),
);

let folder = "";
let cloudflare = fakeCloudflare(mkdtempSync(join(root, "none-")));
beforeEach(() => {
  folder = mkdtempSync(join(root, "checkout-"));
  writeFileSync(join(folder, "wrangler.toml"), GOOD);
  mkdirSync(join(folder, "cloudflare"));
  cloudflare = fakeCloudflare(join(folder, "cloudflare"), { secrets: { production: KEYS, staging: KEYS } });
  const { migrations } = cloudflare.now();
  cloudflare.change({ applied: { production: migrations, staging: migrations } });
});

/** Deploys. Returns the exit code and everything that was said. */
const deploy = (...argv: readonly string[]) =>
  new Promise<{ readonly code: number; readonly said: string }>((resolve) => {
    const args = [join(import.meta.dirname, "deploy.ts"), "--config", "wrangler.toml", ...argv];
    const env = { ...cloudflare.env, INIT_CWD: folder };
    const child = execFile(process.execPath, args, { env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, said: out + err }),
    );
  });
const deployed = (): readonly string[] => cloudflare.now().deployed;

it("S-68: deploys the environment that is named, if everything is in place", async () => {
  const { code, said } = await deploy("--env", "staging");
  expect([code, deployed()], said).toEqual([0, ["staging"]]);
  expect(await deploy()).toMatchObject({ code: 0 });
  expect(deployed()).toEqual(["staging", "production"]);
});

const refused: readonly (readonly [string, () => readonly string[], RegExp])[] = [
  [
    "a fault in the file",
    () => edit('SIGN_ON = "connector"', 'SIGN_ON = "conector"'),
    /has a fault\.\nSIGN_ON must be/,
  ],
  [
    "an environment that is not there",
    () => ["--env", "prod"],
    /has no environment "prod"\.\n`npx postern init --env prod`/,
  ],
  [
    "a secret that is not set",
    () => set({ secrets: { production: { SEALING_KEYS: "x", ADMIN_KEYS: "x" } } }),
    /SIGN_ON_KEYS is missing\..*secret put SIGN_ON_KEYS --env production/,
  ],
  ["a Worker that was never deployed and has no secrets", () => set({ secrets: {} }), /SEALING_KEYS is missing/],
  [
    "a secret that the gateway does not know",
    () => set({ secrets: { production: { ...KEYS, SEALING_KEY: "x" } } }),
    /SEALING_KEY is not a variable of Postern; did you mean SEALING_KEYS/,
  ],
  [
    "nobody who is signed in",
    () => set({ signedIn: false }),
    /nobody can say whether the secrets are set .*wrangler login/s,
  ],
  [
    "a migration that is not applied",
    () => set({ applied: { production: cloudflare.now().migrations.slice(0, -1) } }),
    /the database lacks \d{4}_\w+\.sql, which this version reads\.\nApply first, then deploy:\n {2}npx wrangler d1 migrations apply DB --remote --env production/,
  ],
  ["a database without tables", () => set({ applied: {} }), /the database lacks 0000_directory\.sql, 0001/],
  [
    "a database that cannot be asked",
    () => set({ failing: ["d1 execute"] }),
    /nobody can say which migrations are applied: wrangler d1 execute.*--without-database-check/s,
  ],
];

it.each(refused)("S-68: stops at %s", async (_, arrange, sentence) => {
  const [, environment = "production"] = arrange();
  const file = readWranglerFile(folder, "wrangler.toml");
  const { env } = cloudflare;
  const why = await refusal({ file, folder, env, environment, secrets: undefined, database: true });
  expect(`${why?.message}.\n${why?.fix}`).toMatch(sentence);
});

it("S-68: says why it stops, and deploys nothing", async () => {
  edit('SIGN_ON = "connector"', 'SIGN_ON = "conector"');
  const { code, said } = await deploy();
  expect([code, deployed()]).toEqual([2, []]);
  expect(said).toMatch(/^Not deployed: wrangler\.toml, environment production, has a fault\.\nSIGN_ON must be/);
  expect((await deploy("--force")).said).toMatch(/--force.*npm run deploy -- \[--env NAME\]/s);
});

it("S-68: checks the values in a file, and whether they were put in place", async () => {
  writeFileSync(join(folder, "keys.json"), JSON.stringify({ ...KEYS, SIGN_ON_KEYS: "short" }));
  const wrong = await deploy("--secrets", "keys.json");
  expect([wrong.code, wrong.said]).toEqual([2, expect.stringContaining("SIGN_ON_KEYS has something that is not")]);
  writeFileSync(join(folder, "keys.json"), JSON.stringify(KEYS));
  expect(await deploy("--secrets", "keys.json")).toMatchObject({ code: 0 });
  cloudflare.change({ secrets: { production: {} } });
  expect((await deploy("--secrets", "keys.json")).said).toContain("SIGN_ON_KEYS is not in place at Cloudflare.");
});

it("goes on without the database where that is said", async () => {
  cloudflare.change({ failing: ["d1 execute"] });
  expect(await deploy("--without-database-check")).toMatchObject({ code: 0 });
  expect(deployed()).toEqual(["production"]);
});

it("takes a database that is ahead of this version, as after going back", async () => {
  cloudflare.change({ applied: { production: [...cloudflare.now().migrations, "9999_later.sql"] } });
  expect(await deploy()).toMatchObject({ code: 0 });
});

function edit(from: string, to: string): readonly string[] {
  writeFileSync(join(folder, "wrangler.toml"), GOOD.replace(from, to));
  return [];
}
function set(change: Parameters<typeof cloudflare.change>[0]): readonly string[] {
  cloudflare.change(change);
  return [];
}
