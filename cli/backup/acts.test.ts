import { expect, it } from "vitest";
import { actsSince, type ExportedEvent } from "./acts.ts";

let count = 0;
const event = (reason: string, more: Partial<ExportedEvent> = {}): ExportedEvent => {
  const at = new Date(Date.UTC(2026, 10, 27, 2, ++count)).toISOString();
  return { id: `e_${String(count).padStart(4, "0")}`, at, reason, outcome: "changed", userId: "u_1", ...more };
};
const roles = (before: string, after: string) => ({
  before: { name: "Erin", role: before, disabled: false },
  after: { name: "Erin", role: after, disabled: false },
});

it("S-77: the last act about each thing counts: what closed it is done again, what opened it is only listed", () => {
  const before = event("user-disabled", { userId: "u_9" });
  const since = Date.parse(before.at) + 1;
  const events = [
    before,
    event("device-approved", { device: "d_1", outcome: "allowed" }),
    event("device-blocked", { device: "d_1", outcome: "blocked" }),
    event("device-blocked", { device: "d_2", outcome: "blocked" }),
    event("device-approved", { device: "d_2", outcome: "allowed" }),
    event("device-forgotten", { device: "d_3" }),
    event("user-disabled", { userId: "u_2" }),
    event("user-enabled", { userId: "u_2" }),
    event("user-deleted", { userId: "u_3" }),
    event("password-created", { credentialId: "p_1" }),
    event("password-revoked", { credentialId: "p_1" }),
    event("token-revoked", { userId: null, why: "t_1: stolen", change: { before: { revoked: false } } }),
    event("administrator-deleted", { userId: null, why: "a_1" }),
    event("administrator-changed", { userId: null, why: "a_2", change: roles("admin", "viewer") }),
    event("administrator-changed", { userId: null, why: "a_3", change: roles("viewer", "admin") }),
    event("policy-applied", { userId: null }),
    event("user-renamed"),
    event("user-kept"),
    event("user-restored"),
    event("user-erased", { userId: "x", change: { after: { erased: "f00" } } }),
  ];
  const acts = actsSince(events.toReversed(), since);
  expect(acts.closing.map(({ thing, method, path }) => [thing, method, path.join("/")])).toEqual([
    ["device:d_1", "POST", "v1/users/u_1/devices/d_1/block"],
    ["device:d_3", "POST", "v1/users/u_1/devices/d_3/forget"],
    ["user:u_3", "POST", "v1/users/u_3/disable"],
    ["password:p_1", "POST", "v1/users/u_1/passwords/p_1/revoke"],
    ["token:t_1", "POST", "v1/tokens/t_1/revoke"],
    ["admin:a_1", "DELETE", "v1/administrators/a_1"],
    ["admin:a_2", "PATCH", "v1/administrators/a_2"],
  ]);
  expect(acts.opening.map(({ thing }) => thing)).toEqual(["device:d_2", "user:u_2", "admin:a_3"]);
  expect(acts.closing.at(-1)?.body).toEqual({ role: "viewer" });
  expect(acts.others.map(({ reason }) => reason)).toEqual(["policy-applied", "user-renamed", "user-kept"]);
  expect(acts.erased).toEqual(["f00"]);
});
