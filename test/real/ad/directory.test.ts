// The lab by itself, without Postern. The directory counts and locks, so that "it counted nothing" means something. The
// connector's account may act only for the users that the directory allows. Apache accepts a Kerberos ticket, once, and
// nothing else.

import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoUsers, type Simulator, startSimulator } from "../../../simulator/simulator.ts";
import { PRINCIPAL_HEADER, PROXY_SECRET_HEADER } from "../../../simulator/trusted-proxy.ts";
import { type CurlAnswer, curl } from "../curl.ts";
import { OAUTH_TOKEN_PATH, WEB_HOST, WINDOWS_GRANT } from "../token-requests.ts";
import { type Lab, startLab } from "./lab.ts";
import { LOCKOUT_THRESHOLD } from "./ldif.ts";
import { CONNECTOR_ACCOUNT, FRONT_END_HOST, FRONT_END_SERVICE, STALE_ACCOUNT, THROW_AWAY } from "./names.ts";
import { type Finished, mustRun, run } from "./process.ts";
import { describeLab } from "./requirements.ts";

describeLab("the directory of the lab", () => {
  let lab: Lab;
  let simulator: Simulator;
  beforeAll(async () => {
    lab = await startLab([]);
    const { trustedProxy } = lab.proxy;
    simulator = await startSimulator({ users: demoUsers, port: lab.frontEndPort, trustedProxy });
    await kerberos(["kinit", "-f", "-k", "-t", lab.directory.keytabs.connector, CONNECTOR_ACCOUNT]);
  });
  afterAll(() => Promise.all([simulator?.stop(), lab?.stop()]));

  /** Runs a Kerberos client with the connector's tickets. */
  const environment = (cache = "connector"): Record<string, string> => ({
    KRB5_CONFIG: lab.directory.krb5Conf,
    KRB5CCNAME: `FILE:${join(lab.folder, `${cache}.cache`)}`,
  });
  const kerberos = (argv: readonly string[]): Promise<string> => mustRun(argv, { env: environment() });
  /** Gets a ticket in the user's name without the user's password. */
  const impersonate = (upn: string, service = FRONT_END_SERVICE): Promise<Finished> =>
    run(["kvno", "-U", upn, "-P", service, "--out-cache", join(lab.folder, `${upn}.cache`)], { env: environment() });
  const knock = (password: string): Promise<Finished> =>
    run(["kinit", "-c", "MEMORY:", THROW_AWAY.account], { env: environment(), input: `${password}\n` });
  const counterOf = async (account: string) => (await lab.directory.counters()).find((one) => one.account === account);

  it("S-19: counts wrong passwords and locks, so that a count of none is worth something", async () => {
    const password = lab.directory.passwordOf(THROW_AWAY.account);
    expect((await knock(password)).code).toBe(0);
    for (let i = 1; i <= LOCKOUT_THRESHOLD; i++) {
      expect((await knock("Not-The-Passw0rd")).code).toBe(1);
      expect(await counterOf(THROW_AWAY.account)).toMatchObject({ badPwdCount: i });
    }
    expect((await counterOf(THROW_AWAY.account))?.lockoutTime).toBeGreaterThan(0);
    const { code, stderr } = await knock(password);
    expect([code, stderr]).toEqual([1, expect.stringContaining("revoked")]);
  });

  it.each([
    ["alice, by the UPN suffix people use", "alice@contoso.test", 0, ""],
    ["u01, by the realm's own suffix", "u01@corp.contoso.test", 0, ""],
    ["nobody", "nobody@contoso.test", 1, "not found in Kerberos database"],
    ["a disabled account", "dora@contoso.test", 1, "KDC policy rejects request"],
    ["an expired account", "erin@contoso.test", 1, "Client's entry in database has expired"],
    ["a protected account", "frank@contoso.test", 1, "KDC can't fulfill requested option"],
  ])("a ticket in the name of %s (%s): exit code %i %s", async (_, upn, code, words) => {
    const { code: actual, stderr } = await impersonate(upn);
    expect([actual, stderr]).toEqual([code, expect.stringContaining(words)]);
  });

  it("no ticket for another service than the Front-End's", async () => {
    const { code, stderr } = await impersonate("alice@contoso.test", `HTTP/${STALE_ACCOUNT}.corp.contoso.test`);
    expect([code, stderr]).toEqual([1, expect.stringContaining("constrained delegation failed")]);
  });

  const grant = (host: string, more: Record<string, string | true>, header: readonly string[] = [], cache = "none") =>
    curl(
      `http://${host}${OAUTH_TOKEN_PATH}`,
      {
        "connect-to": `::${new URL(lab.proxy.url).host}`,
        header: ["Content-Type: application/x-www-form-urlencoded", ...header],
        data: WINDOWS_GRANT,
        ...more,
      },
      environment(cache),
    );
  const asked = (host: string, header: readonly string[] = []): Promise<CurlAnswer> => grant(host, {}, header);

  it("Apache takes such a ticket and signs its user on at the Front-End", async () => {
    expect((await impersonate("bob@contoso.test")).code).toBe(0);
    simulator.clearLedger();
    const host = `Host: ${WEB_HOST}`;
    const answer = await grant(FRONT_END_HOST, { negotiate: true, user: ":" }, [host], "bob@contoso.test");
    expect(answer.status, lab.proxy.log()).toBe(200);
    expect(simulator.ledger().signOns).toMatchObject([{ user: "sip:bob@contoso.test" }]);
  });

  it("Apache signs on nobody by a header that a client sends, whatever it is told", async () => {
    simulator.clearLedger();
    const claim = `${PRINCIPAL_HEADER}: alice@CORP.CONTOSO.TEST`;
    for (const secret of ["guess", lab.proxy.trustedProxy.secret]) {
      const answer = await asked(WEB_HOST, [claim, `${PROXY_SECRET_HEADER}: ${secret}`]);
      expect(answer.status).toBe(401);
    }
    const { signOns, requests } = simulator.ledger();
    expect(signOns).toEqual([]);
    expect(requests.flatMap(({ headers }) => Object.keys(headers))).not.toContain(PRINCIPAL_HEADER);
  });
});
