// What can be wrong with the directory, the connector and the Front-End's key, and what each layer says of it: the
// connector to Postern, the connector in its log, Postern to the client and in the audit. docs/sign-on.md has the same
// table.

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { PROJECT } from "../../../local/bundle.ts";
import type { ConnectorProcess } from "./connector.ts";
import { attempt, type LabGateway, startLabGateway } from "./gateway.ts";
import { type Lab, startLab } from "./lab.ts";
import { BASE_DN, CONTROL } from "./ldif.ts";
import { CONNECTOR_ACCOUNT, FRONT_END_ACCOUNT, FRONT_END_SERVICE, ISSUER, REALM, STALE_ACCOUNT } from "./names.ts";
import { sendOrder, signOrder } from "./order.ts";
import { describeLab } from "./requirements.ts";
import { type Switch, startSwitch } from "./switch.ts";

const NAME = "connector-a";

/** An address that takes connections to a KDC and says nothing. */
const HANGS = `127.${randomInt(16, 250)}.${randomInt(1, 250)}.${randomInt(1, 250)}`;

/** The connectors of this file, in the order in which the lab starts them. */
const CONNECTORS = {
  sound: { name: NAME },
  forgetful: { name: NAME, settings: { limits: { cacheSeconds: 1 } } },
  "without a keytab": { name: NAME, faulty: true, settings: { keytab: "/nonexistent" } },
  "with an old keytab": {
    name: NAME,
    faulty: true,
    keytab: "stale",
    settings: { principal: `${STALE_ACCOUNT}@${REALM}` },
  },
  "ten minutes ahead": { name: NAME, faulty: true, clock: "+10m" },
  "ten minutes behind": { name: NAME, faulty: true, clock: "-10m" },
  "with a lost group": { name: NAME, faulty: true, deny: [`CN=renamed-since,CN=Users,${BASE_DN}`] },
  "behind a controller that hangs": { name: NAME, faulty: true, firstController: HANGS },
  "without room": { name: NAME, settings: { limits: { commandsAtOnce: 1, commandsWaiting: 0 } } },
} as const;

type Which = keyof typeof CONNECTORS;

/** A fault, and what the layers say. */
type Fault = {
  readonly what: string;
  readonly who: string;
  readonly which?: Which;
  /** What the connector tells Postern. */
  readonly told: readonly [status: number, error: string];
  /** What the connector logs. */
  readonly reason: string;
  /** What Postern's audit says. */
  readonly audit: string;
  readonly arrange?: (lab: Lab) => Promise<unknown>;
  readonly mend?: (lab: Lab) => Promise<unknown>;
};

const UNKNOWN = { told: [404, "unknown-user"], audit: "sign-on-unknown-user" } as const;
const UNAVAILABLE = { told: [503, "directory-unavailable"], audit: "sign-on-unreachable" } as const;
const UNAUTHORIZED = { told: [401, "unauthorized"], audit: "sign-on-unreachable" } as const;

const FAULTS: readonly Fault[] = [
  { what: "a user the directory does not know", who: "nora", reason: "user-unknown", ...UNKNOWN },
  { what: "a disabled account", who: "dora", reason: "user-disabled", ...UNKNOWN },
  { what: "an expired account", who: "erin", reason: "user-expired", ...UNKNOWN },
  { what: "an account that must not be delegated", who: "frank", reason: "user-protected", ...UNKNOWN },
  { what: "a user outside the groups", who: "olga", reason: "not-in-group", ...UNKNOWN },
  { what: "no keytab", who: "alice", which: "without a keytab", reason: "keytab-unusable", ...UNAVAILABLE },
  {
    what: "a keytab from before the password was changed",
    who: "alice",
    which: "with an old keytab",
    reason: "keytab-outdated",
    ...UNAVAILABLE,
  },
  { what: "a denied group not there", who: "u08", which: "with a lost group", reason: "group-missing", ...UNAVAILABLE },
  { what: "a connector's clock ahead", who: "alice", which: "ten minutes ahead", reason: "expired", ...UNAUTHORIZED },
  {
    what: "a connector's clock behind",
    who: "alice",
    which: "ten minutes behind",
    reason: "issued-in-the-future",
    ...UNAUTHORIZED,
  },
  {
    what: "a connector's account that is disabled",
    who: "u01",
    reason: "account-disabled",
    ...UNAVAILABLE,
    arrange: ({ directory }) => directory.set(CONNECTOR_ACCOUNT, "userAccountControl", CONTROL.disabled),
    mend: ({ directory }) => directory.set(CONNECTOR_ACCOUNT, "userAccountControl", CONTROL.delegating),
  },
  {
    what: "no delegation to the Front-End's service",
    who: "u02",
    reason: "delegation-missing",
    ...UNAVAILABLE,
    arrange: ({ directory }) => directory.set(CONNECTOR_ACCOUNT, "msDS-AllowedToDelegateTo"),
    mend: ({ directory }) => directory.set(CONNECTOR_ACCOUNT, "msDS-AllowedToDelegateTo", FRONT_END_SERVICE),
  },
  {
    what: 'delegation with "use Kerberos only"',
    who: "u03",
    reason: "protocol-transition-missing",
    ...UNAVAILABLE,
    arrange: ({ directory }) => directory.set(CONNECTOR_ACCOUNT, "userAccountControl", CONTROL.ordinary),
    mend: ({ directory }) => directory.set(CONNECTOR_ACCOUNT, "userAccountControl", CONTROL.delegating),
  },
  {
    what: "a Front-End's service that the directory does not know",
    who: "u04",
    reason: "service-unknown",
    ...UNAVAILABLE,
    arrange: ({ directory }) => directory.set(FRONT_END_ACCOUNT, "servicePrincipalName"),
    mend: ({ directory }) => directory.set(FRONT_END_ACCOUNT, "servicePrincipalName", FRONT_END_SERVICE),
  },
  {
    what: "a KDC that is away",
    who: "u05",
    reason: "kdc-unreachable",
    ...UNAVAILABLE,
    arrange: ({ directory }) => directory.stop(),
    mend: ({ directory }) => directory.start(),
  },
  {
    what: "a KDC that does not answer",
    who: "u06",
    reason: "command-timeout",
    ...UNAVAILABLE,
    arrange: ({ directory }) => directory.stop("frozen"),
    mend: ({ directory }) => directory.start(),
  },
  {
    what: "a KDC's clock ahead",
    who: "u07",
    reason: "clock-skew",
    ...UNAVAILABLE,
    arrange: ({ directory }) => directory.start("+10m"),
    mend: ({ directory }) => directory.start(),
  },
];

describeLab("when it fails", () => {
  let lab: Lab;
  let gateway: LabGateway;
  let connectors: Switch;
  const mute = createServer();
  beforeAll(async () => {
    await once(mute.listen(88, HANGS), "listening");
    lab = await startLab(Object.values(CONNECTORS));
    connectors = await startSwitch();
    gateway = await startLabGateway(lab, [{ name: NAME, url: connectors.url }]);
  });
  afterAll(() => Promise.all([gateway?.stop(), connectors?.stop(), lab?.stop(), mute.close()]));

  /** Makes the gateway use one of the connectors. */
  function use(which: Which): ConnectorProcess {
    const connector = lab.connectors[Object.keys(CONNECTORS).indexOf(which)];
    if (connector === undefined) throw new Error(`no connector ${which}`);
    connectors.to(connector.url);
    return connector;
  }

  const ask = (connector: ConnectorProcess, account: string) =>
    sendOrder(
      connector.url,
      signOrder(lab.key, {
        issuer: ISSUER,
        audience: NAME,
        user: gateway.person(account).upn,
        service: FRONT_END_SERVICE,
      }),
    );

  /** Signs in through Postern. Returns what the client gets, and what the audit says. */
  async function audited(account: string): Promise<{ readonly answer: unknown; readonly audit: string | undefined }> {
    const before = gateway.log.length;
    const answer = await attempt(gateway, gateway.person(account));
    const event = await vi.waitFor(() => {
      const found = gateway.log.slice(before).find((line) => line.includes('"event":"sign-in"'));
      if (found === undefined) throw new Error("the sign-in is not in the audit");
      return found;
    }, 60_000);
    return { answer, audit: /"reason":"([^"]*)"/.exec(event)?.[1] };
  }

  const UNAVAILABLE_ANSWER = { status: 503, retryAfter: "10" };

  it("nothing does at first", async () => {
    use("sound");
    expect(await audited("alice")).toMatchObject({ answer: { status: 200, owner: "sip:alice@contoso.test" } });
  });

  it.each(FAULTS.map((fault) => [fault.what, ...fault.told, fault.reason, fault.audit, fault] as const))(
    "S-37: %s: connector %i %s (%s), Postern 503 (%s)",
    async (_what, status, error, reason, audit, { who, which = "sound", arrange, mend }) => {
      const connector = use(which);
      const lastOrder = () => connector.orders().at(-1);
      await arrange?.(lab);
      try {
        const answer = await ask(connector, who);
        expect([answer.status, answer.body, answer.retryAfter !== null]).toEqual([status, { error }, status === 503]);
        expect(lastOrder()).toMatchObject({ outcome: "refused", reason });
        expect(await audited(who)).toEqual({ answer: UNAVAILABLE_ANSWER, audit });
        expect(lastOrder()).toMatchObject({ outcome: "refused", reason });
      } finally {
        await mend?.(lab);
      }
      if (mend !== undefined) expect(await attempt(gateway, gateway.person(who))).toMatchObject({ status: 200 });
    },
  );

  it("the table of docs/sign-on.md says so", () => {
    const rows = readFileSync(join(PROJECT, "docs", "sign-on.md"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    let told = "";
    const found = rows.flatMap(([, audit = "", reasons = ""]) => {
      told = audit === "" ? told : audit;
      return Array.from(reasons.matchAll(/`([a-z-]+)`/g), ([, reason]) => `${reason}: ${told}`);
    });
    for (const { reason, audit, told: code } of FAULTS) {
      const layer = audit === UNKNOWN.audit ? `\`${audit}\`` : `\`… ${code.join(" ")}\``;
      expect(found).toContain(`${reason}: ${layer}`);
    }
  });

  it("a connector that is away: Postern 503 (sign-on-unreachable)", async () => {
    connectors.to(undefined);
    expect(await audited("alice")).toEqual({ answer: UNAVAILABLE_ANSWER, audit: "sign-on-unreachable" });
  });

  it("too many at once: connector 503 busy (queue-full), and whoever comes later is served", async () => {
    const connector = use("without room");
    const accounts = ["u11", "u12", "u13", "u14", "u15", "u16"];
    const answers = await Promise.all(accounts.map((account) => ask(connector, account)));
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(0);
    for (const one of busy) expect(one).toMatchObject({ body: { error: "busy" }, retryAfter: expect.any(String) });
    expect(connector.orders().map(({ reason }) => reason)).toContain("queue-full");
    for (const account of accounts) expect((await ask(connector, account)).status).toBe(200);
  });

  it("a KDC that is away: who has signed in lately signs in again", async () => {
    use("sound");
    await attempt(gateway, gateway.alice);
    await lab.directory.stop();
    expect(await attempt(gateway, gateway.alice)).toMatchObject({ status: 200 });
    await lab.directory.start();
  });

  it("one controller of two that hangs: the other is asked", async () => {
    const connector = use("behind a controller that hangs");
    await vi.waitFor(async () => expect((await ask(connector, "u09")).status).toBe(200), { timeout: 60_000 });
    expect(connector.output()).toContain('"event":"controllers"');
    expect(await attempt(gateway, gateway.person("u09"))).toMatchObject({ status: 200 });
  });

  it("an account that is disabled after a sign-in: refused when the connector's memory ends", async () => {
    const connector = use("forgetful");
    const { set } = lab.directory;
    expect(await attempt(gateway, gateway.person("u18"))).toMatchObject({ status: 200 });
    await set("u18", "userAccountControl", CONTROL.disabled);
    await vi.waitFor(async () => expect((await audited("u18")).audit).toBe(UNKNOWN.audit), { timeout: 60_000 });
    expect(connector.orders().at(-1)).toMatchObject({ reason: "user-disabled" });
    await set("u18", "userAccountControl", CONTROL.ordinary);
    expect(await attempt(gateway, gateway.person("u18"))).toMatchObject({ status: 200 });
  });

  it("a Front-End's key that was changed: 503 (sign-on-rejected) until the pool has it, then one retry mends it", async () => {
    use("sound");
    expect(await attempt(gateway, gateway.person("u19"))).toMatchObject({ status: 200 }); // a ticket under the old key
    const keytab = await lab.directory.changeFrontEndKey();
    expect(await audited("u20")).toEqual({ answer: UNAVAILABLE_ANSWER, audit: "sign-on-rejected" });
    await lab.proxy.install(keytab);
    expect(await attempt(gateway, gateway.person("u20"))).toMatchObject({ status: 200 });
    const before = gateway.log.length;
    expect(await attempt(gateway, gateway.person("u19"))).toMatchObject({ status: 200 });
    expect(gateway.log.slice(before).join("\n")).toContain("sign-on-rejected-once");
  });

  it("S-19: none of it counted against a user, and against the connector's account once for its old keytab", async () => {
    const counted = (await lab.directory.counters()).filter(({ badPwdCount }) => badPwdCount > 0);
    expect(counted).toEqual([{ account: STALE_ACCOUNT, badPwdCount: 1, lockoutTime: 0 }]);
  });
});
