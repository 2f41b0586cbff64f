// Programs that people use, with an app password that asks for a code (S-64). None of them knows of a code: it stands
// behind the password that is typed. Each person sets up the authenticator app in the portal first.

import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../conformance/support/gateway.ts";
import { operator } from "../conformance/support/operator.ts";
import { withCodePassword } from "../kit/gateway/code-password.ts";
import { type CurlAnswer, curl } from "./curl.ts";
import { describeClient } from "./requirements.ts";
import { postWithSamba } from "./samba.ts";
import { SIPE_REQUIREMENTS } from "./sipe/finch.ts";
import { signInWithSipe } from "./sipe/sign-in.ts";
import {
  cwtOf,
  OAUTH_TOKEN_PATH,
  RST_ACTION,
  requestSecurityToken,
  TOKEN_TYPES,
  WEB_HOST,
  WEB_TICKET_PATH,
  WINDOWS_GRANT,
} from "./token-requests.ts";
import { type Exchange, ntlmLeg, summary } from "./transcript.ts";

const people = ["curly", "samba", "sipe"].map((account) => ({
  ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, domain: "CONTOSO", account },
}));

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ moreUsers: people, simulator: { newcomersAt: "contoso.test" } });
});
afterAll(() => gateway?.stop());

const withCode = (account: string) =>
  withCodePassword(gateway, (...argv) => operator(gateway, ...argv), `${account}@contoso.test`);

async function reasonsOf(account: string): Promise<readonly string[]> {
  const events = (await operator(gateway, "audit", "--user", `${account}@contoso.test`)) as { reason: string }[];
  return events.map(({ reason }) => reason);
}

describeClient("curl --ntlm, with a code", [{ file: "curl", debianPackage: "curl" }], () => {
  const ask = (password: string, from: string): Promise<CurlAnswer> =>
    curl(`${gateway.gateway}${OAUTH_TOKEN_PATH}`, {
      ...{ ntlm: true, user: `CONTOSO\\curly:${password}`, data: WINDOWS_GRANT },
      header: [
        ...[`Host: ${WEB_HOST}`, "Content-Type: application/x-www-form-urlencoded;charset=UTF-8"],
        `CF-Connecting-IP: ${from}`,
      ],
    });

  it("S-64: signs in with the app password and the code, not without it, and not elsewhere", async () => {
    const { app, password } = await withCode("curly");
    const [home, elsewhere] = ["198.51.100.10", "198.51.100.11"];
    expect((await ask(password, home)).status).toBe(401);
    const typed = password + app.code();
    expect((await ask(typed, home)).status).toBe(200);
    expect((await ask(typed, home)).status).toBe(200);
    expect((await ask(typed, elsewhere)).status).toBe(401);
    await expect.poll(() => reasonsOf("curly")).toEqual(expect.arrayContaining(["code-missing", "code-used"]));
  });
});

describeClient("Samba ntlm_auth, with a code", [{ file: "ntlm_auth", debianPackage: "winbind" }], () => {
  it("S-64: signs in without hyphens, with a MIC over all of it", async () => {
    const { app, password } = await withCode("samba");
    const rst = {
      url: new URL(WEB_TICKET_PATH, gateway.gateway),
      host: WEB_HOST,
      headers: { "Content-Type": "text/xml; charset=utf-8", SOAPAction: RST_ACTION },
      body: requestSecurityToken("sip:samba@contoso.test", TOKEN_TYPES.cwt),
    };
    const account = { user: "samba", domain: "CONTOSO", password: password.replaceAll("-", "") + app.code() };
    expect(cwtOf((await postWithSamba(account, rst)).answer.body)).toMatch(/^cwt=/);
    const { answer } = await postWithSamba({ ...account, password }, rst);
    expect(answer.status).toBe(401);
  });
});

describeClient("SIPE, with a code", SIPE_REQUIREMENTS, () => {
  it("S-64: makes all handshakes of one sign-in with one code, and another machine gets nothing with it", async () => {
    const { app, password } = await withCode("sipe");
    const place = {
      ...{ baseUrl: gateway.gateway, hosts: gateway.hosts, sipUri: "sip:sipe@contoso.test" },
      ...{ domain: "CONTOSO", user: "sipe" },
    };
    const typed = password + app.code();
    const run = await signInWithSipe(place, typed);
    expect(run.certified, run.exchanges.map(summary).join("\n")).toBe(true);
    const proofs = run.exchanges.filter((exchange) => ntlmLeg(exchange).startsWith("NTLM <message 3>"));
    expect(proofs.length).toBeGreaterThan(1);

    const refused = (exchange: Exchange) => ntlmLeg(exchange) === "NTLM <message 3> → 401";
    const another = await signInWithSipe(place, typed, {
      hostName: "desk-2",
      until: (exchanges) => exchanges.some(refused),
    });
    expect([another.exchanges.some(refused), another.certified]).toEqual([true, false]);
    await expect.poll(() => reasonsOf("sipe")).toContain("code-used");
    expect(gateway.log.join("\n")).not.toContain(password);
  });
});
