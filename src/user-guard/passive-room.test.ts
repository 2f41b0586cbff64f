// What a user's guard says about sign-ins by the page, and how devices that come by the page are told apart. They have no
// app password, so the device that a ticket has named is the ticket's only device.

import { describe, expect, it } from "vitest";
import { eventsOf } from "../../test/kit/attempts.ts";
import { apply, owner } from "../../test/kit/devices.ts";
import { agreed, pageUser } from "../../test/kit/passive.ts";
import { passiveCredential } from "../core/credentials/passive-credential.ts";
import { MAX_TOKENS } from "./passive-tokens.ts";

const MAY = { mode: "may", must: [], never: [], may: [] } as const;

/** Until a Front-End has accepted the naming, a device is served provisionally. */
const IN = ["served", "provisional"];

/** Somebody whom the policy lets sign in by the page. */
async function pageOwner() {
  await apply({ passive: MAY });
  const who = await owner();
  return { ...who, byPage: () => who.signIn(passiveCredential(who.id)) };
}

describe("S-88: the tokens of the page", () => {
  it("no more than a few may be on their way, and those that were brought leave room", async () => {
    const who = await pageUser();
    for (let n = 0; n < MAX_TOKENS; n++) expect((await agreed(who, `_${n}`)).kind).toBe("agreed");
    expect(await agreed(who, "_more")).toEqual({ kind: "refused", reason: "passive-too-many" });
    const about = { ...(await eventsOf(who.guard))[0], channel: "passive" } as never;
    const brought = { kind: "consume", id: "_0", userId: who.userId, about } as const;
    expect(await who.guard.passive(brought)).toEqual({ kind: "agreed" });
    expect(await who.guard.passive(brought)).toEqual({ kind: "refused", reason: "passive-repeated" });
    expect(await agreed(who, "_more")).toEqual({ kind: "agreed" });
  });

  it("the same id is agreed to once", async () => {
    const who = await pageUser();
    expect((await agreed(who, "_same")).kind).toBe("agreed");
    expect(await agreed(who, "_same")).toEqual({ kind: "refused", reason: "passive-too-many" });
  });

  it("S-92: none for whom the policy does not name, and the audit says so", async () => {
    const who = await pageUser({ mode: "never" });
    expect(await agreed(who, "_1")).toEqual({ kind: "refused", reason: "passive-not-allowed" });
    expect((await eventsOf(who.guard)).map(({ reason }) => reason)).toEqual(["passive-not-allowed"]);
  });

  it("S-92: and no ticket either, when the policy has changed since", async () => {
    const who = await pageOwner();
    await apply({ passive: { ...MAY, mode: "never" } });
    expect(await who.byPage()).toBeUndefined();
  });
});

describe("S-90: devices that come by the page", () => {
  it("enrol one after the other, each with its own ticket, and come back with the next", async () => {
    const who = await pageOwner();
    const [phone, tablet] = [await who.byPage(), await who.byPage()];
    expect(IN).toContain(await who.names(phone, "phone"));
    expect(IN).toContain(await who.names(tablet, "tablet"));
    const later = await who.byPage();
    expect(IN).toContain(await who.names(later, "phone"));
    expect(await who.uses(later, "service")).toBe("served");
    expect(await who.uses(tablet, "service")).toBe("served");
  });

  it("a ticket that has named one of them does not become another", async () => {
    const who = await pageOwner();
    const ticket = await who.byPage();
    await who.names(ticket, "phone");
    expect(await who.names(ticket, "tablet")).toBe("refused");
    expect((await eventsOf(who.guard)).at(-1)?.reason).toBe("device-changed");
  });

  it("a ticket that has named none opens discovery alone, and the application of its own device", async () => {
    const who = await pageOwner();
    const phone = await who.byPage();
    await who.names(phone, "phone");
    expect(await who.uses(phone, "application", "a1")).toBe("served");
    const fresh = await who.byPage();
    expect(await who.uses(fresh, "discovery")).toBe("served");
    expect(await who.uses(fresh, "service")).toBe("refused");
    expect(await who.uses(fresh, "address-book")).toBe("refused");
    expect(await who.uses(fresh, "application", "a2")).toBe("refused");
    expect(await who.uses(fresh, "application", "a1")).toBe("served");
  });

  it("a device of an app password cannot be named by the page, and a device of the page by no app password", async () => {
    const who = await pageOwner();
    await who.names(await who.signIn("p_1"), "phone");
    expect(await who.names(await who.byPage(), "phone")).toBe("refused");
    await who.names(await who.byPage(), "tablet");
    expect(await who.names(await who.signIn("p_2"), "tablet")).toBe("refused");
  });

  it("one that is blocked is out, and the others go on", async () => {
    const who = await pageOwner();
    const [phone, tablet] = [await who.byPage(), await who.byPage()];
    await who.names(phone, "phone");
    await who.names(tablet, "tablet");
    const phoneId = (await eventsOf(who.guard)).find(({ deviceKey }) => deviceKey?.includes("phone of"))?.device ?? "";
    const blocked = await who.guard.command(await who.profile(), {
      ...{ kind: "block", device: phoneId, by: "0123abcd", why: "" },
      about: { requestId: "r", channel: "command", host: "", source: "", userAgent: "", workstation: "" },
    });
    expect(blocked).toMatchObject({ ok: true });
    expect(await who.uses(phone, "service")).toBe("dead");
    expect(await who.uses(tablet, "service")).toBe("served");
    const again = await who.byPage();
    expect(await who.names(again, "phone")).toBe("refused");
    expect(IN).toContain(await who.names(await who.byPage(), "tablet"));
  });

  it("a rule that makes the app password the device does not make the page one", async () => {
    const who = await pageOwner();
    await apply({
      passive: MAY,
      rules: [
        { code: "bots", action: "allow", reason: "x", identity: "app-password", when: { user: ["*@contoso.test"] } },
      ] as never,
    });
    await who.names(await who.byPage(), "phone");
    expect(IN).toContain(await who.names(await who.byPage(), "tablet"));
    const keys = (await eventsOf(who.guard)).flatMap(({ deviceKey }) => deviceKey ?? []);
    expect(keys.some((key) => key.startsWith("password:"))).toBe(false);
  });
});
