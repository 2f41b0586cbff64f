// The connector over HTTP: who is signed on by the directory's word, and what the directory may say or fail at (S-37).

import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ask, eachHasAConnector, home, lines, minted, pass, programs, reasons, start } from "./stand.ts";

eachHasAConnector();

describe("groups", () => {
  const groups = {
    servers: ["ldap://dc1.corp.contoso.test", "ldap://dc2.corp.contoso.test"],
    base: "DC=corp,DC=contoso,DC=test",
    allow: ["CN=Postern,DC=corp,DC=contoso,DC=test"],
  };

  it("a member is signed on, by LDAP's word", async () => {
    await start({ groups });
    expect((await ask()).status).toBe(200);
    const [call = ""] = await programs.calls("ldapsearch");
    expect(call).toContain("-Y GSSAPI");
    expect(call).toContain(
      "-H ldap://dc1.corp.contoso.test ldap://dc2.corp.contoso.test -b DC=corp,DC=contoso,DC=test ",
    );
    expect(call).toContain("(userPrincipalName=alice@corp.contoso.test)");
  });

  it("S-37: nobody is, while a denied group is not there", async () => {
    const deny = ["CN=Renamed,DC=corp,DC=contoso,DC=test"];
    await programs.set("no-group");
    await start({ groups: { ...groups, deny } });
    expect((await ask()).body).toEqual({ error: "directory-unavailable" });
    await programs.unset("no-group");
    expect((await ask()).status).toBe(200);
    expect((await ask("erin")).status).toBe(200); // the group is not looked for each time
    expect(reasons()).toEqual(["group-missing", undefined, undefined]);
    const searches = await programs.calls("ldapsearch");
    expect(searches.map((line) => line.includes(`-b ${deny[0]} -s base (objectCategory=group) 1.1 `))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    pass(61_000);
    await programs.set("no-group");
    expect((await ask("frank")).status).toBe(503);
  });

  it("another is not, nor anybody while LDAP does not answer", async () => {
    await start({ groups });
    await programs.set("no-member");
    expect((await ask()).body).toEqual({ error: "unknown-user" });
    await programs.set("ldapsearch.fails", "ldap_sasl_interactive_bind: Can't contact LDAP server (-1)");
    expect((await ask()).body).toEqual({ error: "directory-unavailable" });
    expect(reasons()).toEqual(["not-in-group", "ldap-failed"]);
    expect(minted).toEqual([]);
  });
});

describe("S-37: the directory", () => {
  it.each([
    ["kinit", "kinit: Cannot contact any KDC for realm 'CORP.CONTOSO.TEST'", "kdc-unreachable"],
    ["kinit", "kinit: Preauthentication failed while getting initial credentials", "keytab-outdated"],
    ["kinit", "kinit: Pre-authentication failed: Key table file '/x' not found", "keytab-unusable"],
    ["kvno", "kvno: Clock skew too great while getting credentials", "clock-skew"],
    ["kvno", "kvno: Server not found in Kerberos database HTTP/x: constrained delegation failed", "service-unknown"],
    ["kvno", "kvno: a message of some later version", "not-understood"],
    ["klist", "klist: Bad format in credentials cache", "not-understood"],
  ] as const)("%s says: %s", async (program, message, reason) => {
    await programs.set(`${program}.fails`, message);
    await start();
    const answer = await ask();
    expect([answer.status, answer.body]).toEqual([503, { error: "directory-unavailable" }]);
    expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    expect(reasons()).toEqual([reason]);
    await programs.unset(`${program}.fails`);
    expect((await ask()).status).toBe(200);
  });

  it("does not let us delegate: told apart from a user who is protected", async () => {
    await programs.set("no-delegation");
    await start();
    expect((await ask("alice")).status).toBe(503);
    expect((await ask("dave")).status).toBe(404);
    expect(reasons()).toEqual(["delegation-missing", "user-protected"]);
  });

  it("does not let us use any authentication protocol: told apart from both", async () => {
    await programs.set("no-transition");
    await start();
    expect((await ask("alice")).status).toBe(503);
    expect(reasons()).toEqual(["protocol-transition-missing"]);
  });

  it("has disabled our own account: told apart from a user who is disabled", async () => {
    await start();
    expect((await ask("bob")).status).toBe(404);
    await programs.set("kvno.fails", "kvno: KDC policy rejects request while getting credentials for HTTP/fe01");
    expect((await ask("alice")).status).toBe(503);
    expect(reasons()).toEqual(["user-disabled", "account-disabled"]);
  });

  it("does not take our keytab: it is asked once, and again when the keytab is another, or after an hour", async () => {
    const keytab = join(home, "keytab");
    await writeFile(keytab, "old");
    await programs.set("kinit.fails", "kinit: Preauthentication failed while getting initial credentials");
    await start({ keytab });
    for (let i = 0; i < 8; i++) expect((await ask()).status).toBe(503);
    expect(new Set(reasons())).toEqual(new Set(["keytab-outdated"]));
    expect(await programs.calls("kinit")).toHaveLength(1);
    pass(3_600_000);
    await ask();
    expect(await programs.calls("kinit")).toHaveLength(2);
    await programs.unset("kinit.fails");
    expect((await ask()).status).toBe(503);
    await writeFile(keytab, "the new one");
    expect((await ask()).status).toBe(200);
  });

  it("does not answer: a program is killed after its time", async () => {
    await start({ limits: { commandSeconds: 1 } });
    await programs.set("hang-kvno");
    expect((await ask()).body).toEqual({ error: "directory-unavailable" });
    expect(reasons()).toEqual(["command-timeout"]);
  });

  it("has a controller that hangs: another is asked first from then on", async () => {
    const kdcs = ["dc1.corp.contoso.test", "dc2.corp.contoso.test", "dc3.corp.contoso.test"];
    await start({ kdcs, limits: { commandSeconds: 1 } });
    await programs.set("hang-kvno");
    await Promise.all([ask("alice"), ask("erin"), ask("frank")]);
    await programs.unset("hang-kvno");
    const conf = await readFile(join(home, "run", "tickets", "krb5.conf"), "utf8");
    const announced = lines.flatMap((line) => /asked from now on: ([^"]*)/.exec(line)?.[1]?.split(" ") ?? []).slice(-3);
    expect([...conf.matchAll(/^ +kdc = (\S+)/gm)].map(([, kdc]) => kdc)).toEqual(announced);
    expect(announced.toSorted()).toEqual(kdcs);
    expect((await ask()).status).toBe(200);
  });

  it("is slow: what waits is bounded, and who finds no room hears so", async () => {
    await start({ limits: { commandsAtOnce: 1, commandsWaiting: 2 } });
    await programs.set("slow");
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => ask(`user${index}`)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 200, 503, 503, 503, 503, 503]);
    expect(answers.find(({ status }) => status === 503)?.body).toEqual({ error: "busy" });
  });

  it("is away at the renewal: the ticket in hand serves on", async () => {
    await start();
    await ask();
    await programs.set("kinit.fails", "kinit: Cannot contact any KDC for realm 'CORP.CONTOSO.TEST'");
    pass(6 * 3_600_000); // of ten
    expect((await ask("erin")).status).toBe(200);
    expect(await programs.calls("kinit")).toHaveLength(2);
    expect(
      lines.some((line) => line.includes('"event":"own-ticket","outcome":"failed","reason":"kdc-unreachable"')),
    ).toBe(true);
  });

  it("is well, and the connector's own folder is not: the reason is in the log", async () => {
    await start();
    await rm(join(home, "run"), { recursive: true });
    expect((await ask()).body).toEqual({ error: "directory-unavailable" });
    expect(reasons()).toEqual(["internal"]);
  });
});
