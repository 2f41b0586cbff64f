// S-44: a guard that many meeting guests share keeps their tickets in rows, and only few of them in memory.

import { env, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { relayed } from "../../test/kit/attempts.ts";
import { guardOf } from "../guards/route.ts";
import { LazyTables } from "../guards/storage.ts";
import { TICKET_PROOF_SCHEMA, TICKET_SCHEMA, TicketTable } from "./ticket-table.ts";

it("S-44: finds each of 3,000 tickets, and keeps half a megabyte of them in memory", async () => {
  await runInDurableObject(guardOf(env, "sip:guests@contoso.test"), (_, { storage }) => {
    const book = new TicketTable(new LazyTables(storage, [TICKET_SCHEMA, TICKET_PROOF_SCHEMA]));
    const ids = Array.from({ length: 3_000 }, (_each, i) => `${i}`.padStart(64, "0"));
    const ticket = { kind: "anonymous", credentialId: "", place: "", workstation: "", ntlmVersion: "" } as const;
    for (const id of ids) book.remember(relayed(id, ticket));
    for (const id of ids) expect(book.find(id, Date.now())?.id).toBe(id);
    expect(book.bytes).toBeGreaterThan(0);
    expect(book.bytes).toBeLessThanOrEqual(512 * 1024);
  });
});
