// D1 alone goes back in time, and is brought together with the guards again.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { devicesOf, idOf, isRevoked, startWithBackups, status } from "./support/backups.ts";
import { phoneTicket } from "./support/devices.ts";
import type { TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";

let run: Awaited<ReturnType<typeof startWithBackups>>;
let first: TestGateway;
beforeAll(async () => {
  run = await startWithBackups();
  ({ first } = run);
});
afterAll(() => run.stop());

describe("S-77: D1 went back in time", () => {
  it("what the guards know to be closed is closed again, and what only the audit knows too", async () => {
    const { alice, bob } = first;
    await status(first, bob);
    await phoneTicket(first, alice);
    const token = (await operator(first, "token", "create", "stolen", "--scope", "read")) as { id: string };
    const since = new Date().toISOString();
    const [phone] = await devicesOf(first, "alice@contoso.test");
    await operator(first, "device", "block", "alice@contoso.test", phone?.id ?? "", "--why", "lost");
    await operator(first, "user", "disable", "bob@contoso.test");
    await operator(first, "token", "revoke", token.id);
    await operator(first, "user", "add", "sip:dave@contoso.test", "--account", "CONTOSO\\dave");
    await operator(first, "audit", "export", "--format", "jsonl", "--file", run.file("audit.jsonl"));

    await first.execute([
      "UPDATE partnerships SET state = 'allowed', decision = NULL",
      "UPDATE users SET disabled_at = NULL, revision = revision - 1 WHERE account = 'bob'",
      "UPDATE api_tokens SET revoked_at = NULL, revoked_by = NULL",
      "DELETE FROM users WHERE account = 'dave'",
    ]);
    const reconcile = async (...more: string[]) =>
      (await operator(
        first,
        "reconcile",
        "--older",
        "d1",
        "--audit",
        run.file("audit.jsonl"),
        "--since",
        since,
        ...more,
      )) as {
        findings: readonly { did: string; line: string }[];
        audit: { closing: { thing: string; came: string }[]; opening: { thing: string }[] };
      };
    const lines = [`device:${phone?.id}`, `user:${await idOf(first, "bob@contoso.test")}`];
    const found = await reconcile();
    expect(
      found.findings
        .filter(({ did }) => did === "closed")
        .map(({ line }) => line)
        .toSorted(),
    ).toEqual(lines.toSorted());
    expect(found.audit.closing.map(({ thing }) => thing).toSorted()).toEqual(
      [...lines, `token:${token.id}`].toSorted(),
    );
    expect(found.audit.opening).toHaveLength(1);
    expect((await devicesOf(first, "alice@contoso.test"))[0]?.state).toBe("allowed"); // nothing was changed yet

    await reconcile("--apply");
    expect((await devicesOf(first, "alice@contoso.test"))[0]?.state).toBe("blocked");
    expect(await status(first, bob)).not.toBe(200);
    expect(await isRevoked(first, token.id)).toBe(true);
    expect((await reconcile()).findings).toEqual([]);
    // The guard believes what D1 says from now on.
    await operator(first, "user", "enable", "bob@contoso.test");
    expect(await status(first, bob)).toBe(200);
    await operator(first, "user", "disable", "bob@contoso.test");
    expect(await status(first, bob)).not.toBe(200);
  });
});
