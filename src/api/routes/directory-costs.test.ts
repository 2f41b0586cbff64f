// What a sync costs in D1 and at guards. docs/costs.md has these counts.

import { beforeEach, expect, it, vi } from "vitest";
import { apiAnswer } from "../../../test/kit/api.ts";
import { metered } from "../../../test/kit/metered.ts";
import type { PeopleAppliedAnswer } from "../schemas/directory-sync.ts";

beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});

const PEOPLE = 200;
const rowOf = (n: number, more: object = {}) => ({
  ...{ key: `ad:00000000-0000-0000-0000-${String(n).padStart(12, "0")}`, state: "in" },
  person: {
    ...{ sipUri: `c${n}@corp.test`, account: `CORP\\c${n}`, upn: `c${n}@ad.test`, displayName: `Carol No${n}` },
    ...{ mail: `c${n}@corp.test`, sid: `S-1-5-21-1-2-3-${n}`, groups: ["staff"], ...more },
  },
});
const all = (more: object = {}) => Array.from({ length: PEOPLE }, (_, n) => rowOf(n + 1, more));

it("S-55: a request for 200 people makes few statements, and far fewer calls than Cloudflare allows", {
  timeout: 90_000,
}, async () => {
  const costs: Record<string, ReturnType<typeof metered>["used"]> = {};
  const apply = async (what: string, rows: readonly object[]) => {
    const { used, on } = metered();
    const body = { source: "ad", rows };
    const { counts } = await apiAnswer<PeopleAppliedAnswer>("POST", "/v1/directory/apply", { body, on });
    costs[what] = used;
    return counts;
  };
  expect(await apply("new", all())).toEqual({ created: PEOPLE });
  expect(await apply("unchanged", all())).toEqual({ unchanged: PEOPLE });
  expect(await apply("another mail", all({ mail: "x@corp.test" }))).toEqual({ changed: PEOPLE });
  expect(await apply("other groups", all({ mail: "x@corp.test", groups: ["staff", "vip"] }))).toEqual({
    changed: PEOPLE,
  });
  const gone = all().map(({ key }) => ({ key, state: "deleted" }));
  expect(await apply("gone", gone)).toEqual({ disabled: PEOPLE });
  expect(await apply("back", all({ mail: "x@corp.test", groups: ["staff", "vip"] }))).toEqual({ enabled: PEOPLE });
  for (const [what, { statements, guards }] of Object.entries(costs)) {
    expect(statements, what).toBeLessThanOrEqual(24);
    expect(guards, what).toBeLessThanOrEqual(
      what === "new" || what === "unchanged" || what === "another mail" ? 0 : PEOPLE,
    );
  }
  const upns = Array.from({ length: PEOPLE }, (_, n) =>
    rowOf(n + 1, { upn: `d${n}@ad.test`, groups: ["staff", "vip"], mail: "x@corp.test" }),
  );
  // How many users one request renames is bounded; the others are to be sent again.
  const { failed = 0, renamed = 0 } = await apply("renamed", upns);
  expect([failed + renamed, renamed > 10]).toEqual([PEOPLE, true]);
  const { statements = 0, guards = 0 } = costs.renamed ?? {};
  expect(statements + guards).toBeLessThan(1_000);
});
