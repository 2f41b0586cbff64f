import { expect, it } from "vitest";
import { CliFault } from "../fault.ts";
import type { Api } from "../reach/api.ts";
import type { ClosingAct } from "./acts.ts";
import { replay, tokensLast } from "./replay.ts";

const act = (thing: string): ClosingAct => ({
  ...{ event: { id: "e_1", at: "", reason: "", outcome: "changed" }, thing },
  ...{ method: "DELETE", path: ["v1", thing] },
});

it("S-77: what the gateway refuses does not hold up what is closed after it, and is named", async () => {
  const faults: Readonly<Record<string, CliFault>> = {
    "/v1/admin%3Aa_1": new CliFault("conflict", "This is the last administrator", ""),
    "/v1/device%3Ad_1": new CliFault("notFound", "There is no such device", ""),
    "/v1/user%3Au_1": new CliFault("forbidden", "The token opens nothing", ""),
  };
  const ask = (_: string, at: string): Promise<unknown> => {
    const fault = faults[at];
    return fault === undefined ? Promise.resolve({}) : Promise.reject(fault);
  };
  const api = { ask } as unknown as Api; // nothing else of it is asked
  expect(await replay(api, act("admin:a_1"))).toMatchObject({
    ...{ came: "refused", because: "This is the last administrator" },
  });
  expect(await replay(api, act("device:d_1"))).toMatchObject({ came: "gone" });
  expect(await replay(api, act("token:t_1"))).toMatchObject({ came: "done" });
  await expect(replay(api, act("user:u_1"))).rejects.toThrow("opens nothing");
});

it("S-77: tokens are revoked last, because one of them may be that of the command", () => {
  const things = ["token:t_1", "device:d_1", "token:t_2", "admin:a_1"].map(act);
  expect(tokensLast(things).map(({ thing }) => thing)).toEqual(["device:d_1", "admin:a_1", "token:t_1", "token:t_2"]);
});
