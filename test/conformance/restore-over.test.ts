// A backup restored over the gateway that it is of, which has lived on. What was closed after the backup stays closed.

import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, devicesOf, idOf, isRevoked, linesOf, startWithBackups, stateOf, status } from "./support/backups.ts";
import { phoneOf, startApplication } from "./support/devices.ts";
import type { TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { asCompact } from "./support/presenting.ts";
import { compactTicket } from "./support/tickets.ts";

let run: Awaited<ReturnType<typeof startWithBackups>>;
let first: TestGateway;
beforeAll(async () => {
  run = await startWithBackups();
  ({ first } = run);
});
afterAll(() => run.stop());

describe("S-76: restored over a gateway that has lived on", () => {
  it("a block, a disabled user, a revoked app password and token stay; nothing comes back that was not named", async () => {
    const { alice, bob, atDesk } = first;
    const cwt = await compactTicket(first, alice);
    await startApplication(first, cwt, phoneOf(alice));
    const token = (await operator(first, "token", "create", "old", "--scope", "read")) as { id: string };
    const made = await operator(first, "password", "create", "alice@contoso.test", "--label", "desk");
    const { id: desk } = made as { id: string };
    await run.backup("two");

    const [phone] = await devicesOf(first, "alice@contoso.test");
    await operator(first, "device", "block", "alice@contoso.test", phone?.id ?? "", "--why", "lost");
    await operator(first, "user", "disable", "bob@contoso.test");
    await operator(first, "password", "revoke", "alice@contoso.test", desk);
    await operator(first, "token", "revoke", token.id);
    await operator(first, "user", "add", "sip:carol@contoso.test", "--account", "CONTOSO\\carol");
    const before = await stateOf(first);

    const rehearsed = await run.restore(first, "two", "--over", "--keep-lines", run.file("closed"));
    expect([linesOf(rehearsed, "opened"), linesOf(rehearsed, "closed")]).toEqual([[], []]);
    expect(linesOf(rehearsed, "kept")).toEqual(
      [`device:${phone?.id}`, `user:${await idOf(first, "bob@contoso.test")}`].toSorted(),
    );
    const applied = await run.restore(first, "two", "--over", "--apply");
    expect(applied.findings).toEqual(rehearsed.findings);
    expect(await stateOf(first)).toEqual(before);
    expect(await status(first, bob)).not.toBe(200);
    expect(await status(first, atDesk.bob)).not.toBe(200);

    // What is named is opened. What was revoked is not, whatever is named.
    await writeFile(
      run.file("open"),
      `${await readFile(run.file("closed"), "utf8")}\npassword:${desk}\ntoken:${token.id}\n`,
    );
    const opened = await run.restore(first, "two", "--over", "--apply", "--also-open", run.file("open"));
    expect(linesOf(opened, "opened")).toEqual(linesOf(rehearsed, "kept"));
    expect(await status(first, bob)).toBe(200);
    expect((await devicesOf(first, "alice@contoso.test"))[0]?.state).toBe("allowed");
    expect(await isRevoked(first, token.id)).toBe(true);
    // The ticket from before does not live again.
    expect((await first.send(asCompact(cwt))).status).not.toBe(200);
  });

  it("a user who was deleted comes back when named, with devices and app passwords; an erased one only by name", async () => {
    const { alice, bob } = first;
    await run.backup("three");
    const bobId = await idOf(first, "bob@contoso.test");
    const aliceId = await idOf(first, "alice@contoso.test");
    await operator(first, "user", "delete", "bob@contoso.test", "--yes");
    await operator(first, "user", "erase", "alice@contoso.test", "--audit", "pseudonymise", "--yes");
    const over = await run.restore(first, "three", "--over", "--apply");
    expect(linesOf(over, "kept")).toEqual([`user:${aliceId}`, `user:${bobId}`].toSorted());
    expect([await status(first, alice), await status(first, bob)]).not.toContain(200);
    const named = await first.execute(["SELECT count(*) AS n FROM audit_events WHERE user LIKE '%alice%'"]);
    expect(named).toMatchObject([[{ n: 0 }]]);

    await writeFile(run.file("open"), "user:*   # everybody\n");
    const all = await run.restore(first, "three", "--over", "--apply", "--also-open", run.file("open"));
    expect([linesOf(all, "kept"), linesOf(all, "opened")]).toEqual([[`user:${aliceId}`], [`user:${bobId}`]]);
    expect([await status(first, alice), await status(first, bob)]).toEqual([expect.not.stringMatching("200"), 200]);
    await writeFile(run.file("open"), "user:alice@contoso.test\n");
    await run.restore(first, "three", "--over", "--apply", "--also-open", run.file("open"));
    expect(await status(first, alice)).toBe(200);
    expect(await idOf(first, "alice@contoso.test")).toBe(aliceId);
  });

  it("in the middle of an attack: the waits and the counters stay", async () => {
    const { alice } = first;
    await run.backup("four");
    const attacker = "203.0.113.66";
    for (let i = 0; i < 12; i++) await signIn(first, at(attacker), alice, { password: `Winter${i}!` });
    type Locks = { pairs: { source: string; failures: number; waitUntil: string | null }[] };
    const waits = async () => {
      const { pairs } = (await operator(first, "lock", "show", "alice@contoso.test")) as Locks;
      return pairs.find(({ source }) => source === attacker);
    };
    const before = await waits();
    expect(before?.waitUntil).not.toBeNull();
    await run.restore(first, "four", "--over", "--apply");
    expect(await waits()).toEqual(before);
    expect(await status(first, alice, attacker)).not.toBe(200);
    expect(await status(first, alice)).toBe(200); // the owner, from a familiar place
  });
});
