// Whose a passkey of the portal is, in D1.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { must } from "../../test/kit/ntlm.ts";
import { openDatabase } from "./database.ts";
import { addUser } from "./directory.ts";
import {
  addPortalPasskey,
  portalRpId,
  removePortalPasskeys,
  repairPortalPasskeys,
  userOfPortalPasskey,
} from "./portal-passkeys.ts";

const db = openDatabase(env.DB);
const RP = { rpId: "contoso.test", createdAt: 1 };
let people = 0;
const someId = async (): Promise<string> => {
  const name = `passkey.rows${++people}`;
  return must(await addUser(db, { sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}` }, 0)).id;
};

beforeEach(() => env.DB.exec("DELETE FROM portal_passkeys"));

describe("S-59: whose a passkey is", () => {
  it("is one person, and the same row may come again", async () => {
    const [one, another] = [await someId(), await someId()];
    for (let time = 0; time < 2; time++) {
      expect(await addPortalPasskey(db, { id: "k1", userId: one, ...RP })).toMatchObject({ ok: true });
    }
    const known = { ok: false, reason: "passkey-known" };
    expect(await addPortalPasskey(db, { id: "k1", userId: another, ...RP })).toEqual(known);
    expect(await userOfPortalPasskey(db, "k1")).toBe(one);
    expect(await userOfPortalPasskey(db, "k2")).toBeUndefined();
  });

  it("is for the RP ID of the first, as long as there is a passkey; of two first ones at one moment, for one", async () => {
    const [one, another] = [await someId(), await someId()];
    expect(await portalRpId(db)).toBeUndefined();
    const first = await Promise.all([
      addPortalPasskey(db, { id: "k1", userId: one, ...RP }),
      addPortalPasskey(db, { id: "k2", userId: another, ...RP, rpId: "portal.contoso.test" }),
    ]);
    expect(first.filter(({ ok }) => ok)).toHaveLength(1);
    expect(first).toContainEqual({ ok: false, reason: "another-rp-id" });
    const pinned = await portalRpId(db);
    for (const userId of [one, another]) await removePortalPasskeys(db, userId);
    expect([pinned, await portalRpId(db)]).toEqual([expect.stringContaining("contoso.test"), undefined]);
  });

  it("comes back when D1 has lost it, and goes when the guard has none", async () => {
    const [one, another] = [await someId(), await someId()];
    await addPortalPasskey(db, { id: "gone", userId: one, ...RP });
    await addPortalPasskey(db, { id: "others", userId: another, ...RP });
    const kept = [
      { id: "k1", ...RP },
      { id: "k2", ...RP },
      { id: "others", ...RP },
    ];
    await repairPortalPasskeys(db, one, kept);
    const owners = await Promise.all(["k1", "k2", "gone", "others"].map((id) => userOfPortalPasskey(db, id)));
    expect(owners).toEqual([one, one, undefined, another]);
    await repairPortalPasskeys(db, one, []);
    expect(await userOfPortalPasskey(db, "k1")).toBeUndefined();
  });
});
