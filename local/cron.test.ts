// S-44: what deletes old events of the audit is configured wherever the Worker runs.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { expect, it } from "vitest";
import { PROJECT } from "./bundle.ts";

it("S-44: wrangler.toml rings the cron trigger once an hour, for local tools and in production", () => {
  const configured = parse(readFileSync(join(PROJECT, "wrangler.toml"), "utf8"));
  const hourly = { triggers: { crons: ["17 * * * *"] } };
  expect(configured).toMatchObject({ ...hourly, env: { production: hourly } });
});
