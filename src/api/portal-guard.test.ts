// A step of the portal that is taken at the guard of a user of D1.

import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { apiEnv } from "../../test/kit/api.ts";
import { must } from "../../test/kit/ntlm.ts";
import { openDatabase } from "../store/database.ts";
import { addUser } from "../store/directory.ts";
import { askPortal } from "./portal-guard.ts";

it("S-60: a person who was just added has neither factors nor sessions", async () => {
  const added = { sipUri: "sip:portal.guard@contoso.test", account: "CONTOSO\\portal.guard" };
  const { id } = must(await addUser(openDatabase(env.DB), added, 0));
  const { factors } = await askPortal(apiEnv, id, { kind: "factors" });
  expect(factors).toEqual({ passkeys: [], passphrase: null, totp: null, recovery: null, complete: false });
  expect(await askPortal(apiEnv, id, { kind: "session", hash: "0".repeat(64), idleMs: 1 })).toEqual({ kind: "none" });
});
