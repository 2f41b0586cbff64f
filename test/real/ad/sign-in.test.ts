// From a client to the Front-End through a real directory. SIPE and curl sign in with app passwords. Postern orders a
// token from the connector. The connector gets a ticket in the user's name (S4U), and Apache accepts the ticket. Nobody
// has the directory's passwords, and nothing of an attack reaches the directory. The test prints how much time all of
// this takes.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { median } from "../../../bench/report.ts";
import { declareAttacks } from "../../conformance/support/attacks.ts";
import { signIn } from "../../conformance/support/ntlm.ts";
import { PASSWORD_CHANNELS } from "../../conformance/support/passwords.ts";
import { WINDOWS_GRANT } from "../../conformance/support/tickets.ts";
import { curl } from "../curl.ts";
import { SIPE_REQUIREMENTS } from "../sipe/finch.ts";
import { signInWithSipe } from "../sipe/sign-in.ts";
import { OAUTH_TOKEN_PATH, WEB_HOST } from "../token-requests.ts";
import { summary } from "../transcript.ts";
import type { Upstream } from "../upstreams.ts";
import { filesWith } from "./folder.ts";
import { attempt, type LabGateway, startLabGateway } from "./gateway.ts";
import { type Lab, startLab } from "./lab.ts";
import { LOAD_USERS } from "./names.ts";
import { describeLab } from "./requirements.ts";

function tests(): void {
  let lab: Lab;
  let gateway: LabGateway;
  beforeAll(async () => {
    lab = await startLab([{ name: "connector-a" }]);
    gateway = await startLabGateway(lab);
  });
  afterAll(() => Promise.all([gateway?.stop(), lab?.stop()]));

  const connectorOutput = (): string => lab.connectors.map(({ output }) => output()).join("");
  /** Every failure that the directory has counted for any user. */
  const counted = async () =>
    (await lab.directory.counters()).filter(({ badPwdCount, lockoutTime }) => badPwdCount > 0 || lockoutTime > 0);

  it("curl signs in over NTLM with the app password", async () => {
    const { domain, account, password } = gateway.alice;
    const header = [`Host: ${WEB_HOST}`, "Content-Type: application/x-www-form-urlencoded"];
    const auth = { ntlm: true, user: `${domain}\\${account}:${password}` } as const;
    const answer = await curl(`${gateway.gateway}${OAUTH_TOKEN_PATH}`, { ...auth, header, data: WINDOWS_GRANT.body });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, expect.objectContaining({ token_type: "Bearer" })]);
    expect(answer.headers).not.toMatch(/^WWW-Authenticate/im); // S-36: Apache answers with a token of its own
    expect(gateway.simulator.ledger().signOns).toMatchObject([{ user: "sip:alice@contoso.test" }]);
  });

  it("SIPE signs in from autodiscover to its certificate", async () => {
    const { sipUri, upn, domain, account, password } = gateway.alice;
    const upstream: Upstream = {
      ...{ name: "the gateway", baseUrl: gateway.gateway, hosts: gateway.hosts },
      ...{ sipUri, upn, domain, user: account, password, offers: ["NTLM"] },
      ...{ ledger: () => gateway.simulator.ledger(), logs: () => gateway.log, stop: async () => {} },
    };
    gateway.simulator.clearLedger();
    const run = await signInWithSipe(upstream, password);
    expect(run.certified, `stopped after:\n${run.exchanges.map(summary).join("\n")}`).toBe(true);
    const { certificates, signOns } = gateway.simulator.ledger();
    expect(certificates).toMatchObject([{ user: sipUri }]);
    expect(new Set(signOns.map(({ user }) => user))).toEqual(new Set([sipUri]));
  });

  it("a sign-in costs the connector's time once per user, and little after that", async ({ annotate }) => {
    const runs = [];
    for (const temperature of ["cold", "warm"] as const) {
      const before = lab.connectors[0]?.orders().length;
      const whole: number[] = [];
      for (const { account, upn } of LOAD_USERS) {
        const began = performance.now();
        const { status, owner } = await attempt(gateway, gateway.person(account));
        whole.push(performance.now() - began);
        expect([upn, status, owner]).toEqual([upn, 200, `sip:${account}@contoso.test`]);
      }
      const orders = lab.connectors[0]?.orders().slice(before) ?? [];
      expect(orders.map(({ outcome }) => outcome)).toEqual(LOAD_USERS.map(() => "minted"));
      runs.push({ temperature, whole: median(whole), connector: median(orders.map(({ ms = Number.NaN }) => ms)) });
    }
    for (const { temperature, whole, connector } of runs) {
      const share = Math.round((100 * connector) / whole);
      await annotate(
        `${temperature}: ${whole.toFixed(0)} ms for a sign-in, ${connector.toFixed(0)} ms (${share} %) of it in the ` +
          `connector (medians of ${LOAD_USERS.length})`,
      );
    }
  });

  describe("attacked", () => {
    declareAttacks(() => gateway);
  });

  it("S-18: the directory's password opens nothing", async () => {
    const password = lab.directory.passwordOf("alice");
    const { alice } = gateway;
    expect((await signIn(gateway, WINDOWS_GRANT, alice, { password })).status).toBe(401);
    for (const { request } of PASSWORD_CHANNELS) {
      expect((await gateway.send(request(alice.upn, password))).status).toBeGreaterThanOrEqual(400);
    }
    expect(gateway.simulator.ledger().directoryPasswordAttempts).toEqual([]);
  });

  it("S-19: after all of it the directory has counted nothing against anybody, and alice signs in", async () => {
    expect(await counted()).toEqual([]);
    expect(await attempt(gateway, gateway.alice)).toMatchObject({ status: 200, owner: "sip:alice@contoso.test" });
  });

  it("S-16: alice's passwords are in no log, no ledger and no file but the directory's own", async () => {
    const secrets = [lab.directory.passwordOf("alice"), gateway.alice.password];
    const said = [connectorOutput(), lab.proxy.log(), ...gateway.log, JSON.stringify(gateway.simulator.ledger())];
    expect(said.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
    expect(await filesWith(secrets, [lab.folder, gateway.home])).toEqual([]);
    expect(await filesWith(["svc-postern@CORP"], [lab.folder])).not.toEqual([]); // the search does find what is there
  });
}

describeLab("signing in by a real directory", tests, SIPE_REQUIREMENTS);
