// S-75: the walk over all users that seals again, in workerd: it goes on where it was stopped, and loses nothing.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiEnv } from "../../test/kit/api.ts";
import { openHashes, sealHashes } from "../core/credentials/sealed-hash.ts";
import { parseKeyring } from "../core/crypto/keyring.ts";
import { openDatabase } from "../store/database.ts";
import { addAppPassword, addUser } from "../store/directory.ts";
import type { KeysAnswer, ResealedAnswer } from "./schemas/keys.ts";

const [OLD, NEW] = [Buffer.alloc(32, 71).toString("base64"), Buffer.alloc(32, 72).toString("base64")];
const ringOf = (text: string) => {
  const ring = parseKeyring(text);
  if (!ring.ok) throw new Error(ring.reason);
  return ring.value;
};
const HASHES = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)] as const;
const on = (keys: string) => ({ ...apiEnv, SEALING_KEYS: keys });
const reseal = (keys: string, body: object = {}) =>
  apiAnswer<ResealedAnswer>("POST", "/v1/keys/reseal", { on: on(keys), body });
const status = (keys: string) => apiAnswer<KeysAnswer>("GET", "/v1/keys", { on: on(keys) });

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  await env.DB.batch(
    ["app_passwords", "users", "key_ages", "sealing_walk"].map((t) => env.DB.prepare(`delete from ${t}`)),
  );
});

/** So many users, each with an app password under the old key. */
async function people(count: number): Promise<readonly { readonly userId: string; readonly id: string }[]> {
  const db = openDatabase(env.DB);
  const made: { userId: string; id: string }[] = [];
  for (let at = 0; at < count; at++) {
    const account = `keys${at}-${crypto.randomUUID().slice(0, 8)}`;
    const added = await addUser(db, { sipUri: `sip:${account}@contoso.test`, account: `CONTOSO\\${account}` }, 1);
    if (!added.ok) throw new Error(added.reason);
    const [userId, id] = [added.value.id, `p_${account}`];
    const ntHashes = sealHashes(ringOf(OLD), { userId, credentialId: id }, HASHES);
    await addAppPassword(db, { id, userId, label: "", ntHashes }, 1);
    made.push({ userId, id });
  }
  return made;
}

describe("S-75: sealing everything again", () => {
  it("goes a hundred users a call, and every row opens with the new key alone", async () => {
    const made = await people(103);
    expect((await reseal(`${NEW} ${OLD}`)).walk).toMatchObject({ users: 100, resealed: 100, lost: 0, endedAt: null });
    const end = await reseal(`${NEW} ${OLD}`);
    expect(end).toMatchObject({ done: true, walk: { users: 103, resealed: 103, lost: 0 } });
    const { results } = await env.DB.prepare("select id, nt_hashes as text from app_passwords").all<{
      id: string;
      text: string;
    }>();
    const userOf = new Map(made.map(({ id, userId }) => [id, userId]));
    for (const { id, text } of results) {
      const opened = openHashes(ringOf(NEW), { userId: userOf.get(id) ?? "", credentialId: id }, text);
      expect(opened).toEqual({ ok: true, value: [...HASHES] });
    }
    expect(await reseal(`${NEW} ${OLD}`)).toEqual(end); // there is nothing more to do
    expect((await reseal(`${NEW} ${OLD}`, { again: true })).walk).toMatchObject({ users: 100, resealed: 0 });
  });

  it("seals the secret before a renewal as well", async () => {
    const [one] = await people(1);
    await env.DB.prepare("update app_passwords set old_nt_hashes = nt_hashes, old_until = ?")
      .bind(Date.now() + 60_000)
      .run();
    await env.DB.prepare("update app_passwords set nt_hashes = ?")
      .bind(sealHashes(ringOf(OLD), { userId: one?.userId ?? "", credentialId: one?.id ?? "" }, HASHES))
      .run();
    expect((await reseal(`${NEW} ${OLD}`)).walk).toMatchObject({ resealed: 2 });
    expect((await status(NEW)).missing).toEqual([]);
  });

  it("counts what no key opens, changes nothing of it, and seals it when its key is back", async () => {
    await people(2);
    const before = await env.DB.prepare("select nt_hashes from app_passwords order by id").all();
    expect((await reseal(NEW)).walk).toMatchObject({ resealed: 0, lost: 2 });
    expect((await env.DB.prepare("select nt_hashes from app_passwords order by id").all()).results).toEqual(
      before.results,
    );
    expect((await status(NEW)).missing).toEqual([{ appPasswords: 2, ended: 0 }]);
    expect((await reseal(`${NEW} ${OLD}`, { again: true })).walk).toMatchObject({ resealed: 2, lost: 0 });
  });

  it("begins anew for another first key, and says of no key that it may go while its walk goes on", async () => {
    await people(1);
    await reseal(`${OLD} ${NEW}`);
    const { keys, walk } = await status(`${NEW} ${OLD}`);
    expect(walk).toMatchObject({ endedAt: expect.any(String) });
    expect(keys.filter(({ kind }) => kind === "sealing")).toMatchObject([
      { first: true, removable: "in-use" },
      { first: false, removable: "not-yet", sealed: { appPasswords: 1, passphrases: null } },
    ]);
    expect((await reseal(`${NEW} ${OLD}`)).walk).toMatchObject({ resealed: 1 });
    const [, old] = (await status(`${NEW} ${OLD}`)).keys;
    expect(old).toMatchObject({ removable: "not-yet", why: [expect.stringContaining("Tickets of clients")] });
  });

  it("shows no key", async () => {
    const said = JSON.stringify(await status(`${NEW} ${OLD}`));
    for (const secret of [OLD, NEW, apiEnv.ADMIN_KEYS ?? ""]) expect(said).not.toContain(secret);
  });
});
