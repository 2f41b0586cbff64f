// Two requests about one person at one moment.

import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { apiAnswer, apiEnv, tokenOf } from "../../test/kit/api.ts";
import type { Call } from "../api/call.ts";
import { applyPeople } from "../api/directory/apply.ts";
import type { WholeUserAnswer } from "../api/schemas/directory.ts";
import { peopleToApply } from "../api/schemas/directory-sync.ts";
import { readConfig } from "../config/config.ts";

describe("S-55: a change that was made from what was read before somebody was shut out", () => {
  it("lets nobody in again", async () => {
    const token = await tokenOf("directory");
    const person = { sipUri: "raced@corp.test", account: "CORP\\raced" };
    const rows = (state: string, more: object = {}) => ({
      source: "scim",
      rows: [{ key: "scim:raced", state, person: { ...person, ...more } }],
    });
    const tell = (body: object) => apiAnswer("POST", "/v1/directory/apply", { token, body });
    const user = () => apiAnswer<WholeUserAnswer>("GET", "/v1/users/raced@corp.test");
    await tell(rows("in"));
    const { revision } = await user();
    await tell(rows("disabled"));
    const read = readConfig(apiEnv);
    if (!("config" in read)) throw new Error("a configuration that cannot be read");
    const call: Call = {
      ...({ env: apiEnv, config: read.config, actor: { id: "t_test", name: "a test", kind: "token" } } as const),
      ...({ scope: "directory", host: "admin.contoso.test", source: "198.51.100.1", requestId: "r" } as const),
    };
    const { source, dryRun, rows: late } = v.parse(peopleToApply, rows("in", { displayName: "Raced" }));
    const apply = (seen: { state: "in" | "disabled"; revision: number }) =>
      applyPeople(call, late, { source, dryRun, seen });
    expect((await apply({ state: "in", revision })).rows).toMatchObject([{ status: "failed", code: "later" }]);
    expect(await user()).toMatchObject({ disabledAt: expect.any(String), displayName: null });
    const now = { state: "disabled", revision: (await user()).revision } as const;
    expect((await apply(now)).rows).toMatchObject([{ status: "enabled" }]);
  });
});
