// What the networks' guards know of a person: what can be found by the person's names.

import { env } from "cloudflare:test";
import { expect, it, vi } from "vitest";
import { askApp } from "../../test/kit/ask-app.ts";
import { eventAt } from "../../test/kit/events.ts";
import { must } from "../../test/kit/ntlm.ts";
import type { Env } from "../config/env.ts";
import { sourceGuardOf, whoKey } from "../guards/route.ts";
import { insertEvents } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import { addUser } from "../store/directory.ts";

const KEY = Buffer.alloc(32, 1).toString("base64");
const origin = { fetch: async () => new Response() } as unknown as Fetcher;
const worker: Env = {
  ...env,
  ...{ ORIGIN: origin, CONNECTOR: origin, CONNECTOR_SECRET: "secret" },
  ...{ ADMIN_HOST: "admin.contoso.test", ADMIN_KEYS: KEY, DOMAINS: "CONTOSO=corp.contoso.test" },
};

it("S-40 S-10: erasing a person takes away what is known under each spelling of each name", async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  const db = openDatabase(env.DB);
  const names = { sipUri: "sip:erin.smith@corp.contoso.test", account: "CONTOSO\\esmith" };
  const user = must(await addUser(db, names, 0));
  const network = sourceGuardOf(env, "203.0.113.99");
  const about = { ...eventAt(Date.now()), source: "203.0.113.99" };
  await insertEvents(db, [eventAt(Date.now(), { userId: user.id, source: about.source })]);
  // As `corp.contoso.test\erin.smith` is counted, which an address becomes when a client takes it for a domain and a
  // user.
  const keys = ["contoso\\erin.smith", "contoso\\esmith", "erin.smith@corp.contoso.test"].map(whoKey);
  const [name = "", ...others] = keys;
  const signedIn = { kind: "signed-in", forgiven: 0, names: others } as const;
  await network.settle(about, { name, client: "c" }, signedIn, { counted: false });
  expect(await network.familiarSince(keys)).toHaveLength(3);
  const erased = await askApp(
    `https://admin.contoso.test/v1/users/${encodeURIComponent(user.sipUri)}/erase`,
    {
      method: "POST",
      headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
      body: '{"audit":"purge"}',
    },
    worker,
  );
  expect(erased.status).toBe(200);
  expect(await network.familiarSince(keys)).toEqual([]);
});
