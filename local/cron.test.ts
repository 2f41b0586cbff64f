// S-44, S-65: what deletes old events of the audit, and what sends mail, is configured wherever the Worker runs.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { expect, it } from "vitest";
import { PROJECT } from "./bundle.ts";

it("S-44, S-65: wrangler.toml rings once an hour for what is old, and each minute for mail", () => {
  const configured = parse(readFileSync(join(PROJECT, "wrangler.toml"), "utf8"));
  const rings = { triggers: { crons: ["17 * * * *", "* * * * *"] } };
  expect(configured).toMatchObject({ ...rings, env: { production: rings } });
});
