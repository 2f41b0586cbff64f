// SIPE at a gateway that signs on by its own token service. SIPE itself does what it always does: it finds the port for
// Windows credentials, and proves its app password by NTLM. Postern gets the ticket at the pool's port for the session of
// /PassiveAuth. The ticket has the proof key that SIPE computes as well, or SIPE would get no certificate with it.

import { afterAll, beforeAll, expect, it } from "vitest";
import { demoUsers } from "../../../simulator/users.ts";
import { type Person, startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { describeClient } from "../requirements.ts";
import { ntlmLeg, statusOf, summary, targetOf } from "../transcript.ts";
import { SIPE_REQUIREMENTS } from "./finch.ts";
import { type SipeOptions, type SipeRun, signInWithSipe } from "./sign-in.ts";

const TICKET = "POST https://web.contoso.test/WebTicket/WebTicketService.svc";
const PAGE = "/PassiveAuth/PassiveAuth.aspx";
const SERVICE = "/WebTicket/WebTicketAdvancedService.svc";

describeClient("SIPE where SIGN_ON is sts", SIPE_REQUIREMENTS, () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ passive: true, variables: { SIGN_ON: "sts" } });
    for (const { sipUri, sid } of demoUsers) await setSid(sipUri, sid);
  });
  afterAll(() => gateway?.stop());

  const setSid = (sipUri: string, sid: string) =>
    gateway.execute([`UPDATE users SET sid = '${sid}' WHERE sip_uri = '${sipUri}'`]);
  const signIn = ({ sipUri, domain, account, password }: Person, options: SipeOptions = {}) => {
    const place = { baseUrl: gateway.gateway, hosts: gateway.hosts, sipUri, domain, user: account };
    return signInWithSipe(place, password, options);
  };
  const said = (run: SipeRun) => `${run.exchanges.map(summary).join("\n")}\n${run.log.slice(-3000)}`;
  const tokenRequests = () =>
    gateway.simulator
      .ledger()
      .requests.filter(({ path, method }) => method === "POST" && /^\/(?:webticket|passiveauth)\//i.test(path))
      .map(({ path }) => path);

  it("S-96: signs in from autodiscover to its client certificate", async () => {
    const { alice, simulator } = gateway;
    simulator.clearLedger();
    const run = await signIn(alice);
    expect(run.certified, said(run)).toBe(true);
    expect(simulator.ledger().certificates).toEqual([expect.objectContaining({ user: alice.sipUri })]);
    const legs = run.exchanges.filter((exchange) => targetOf(exchange) === TICKET).map(ntlmLeg);
    expect(legs).toContain("NTLM <message 3> → 200");
    // Two tickets, one for discovery and one for the certificate: each by a token and a session of its own.
    expect(tokenRequests()).toEqual(Array.from({ length: 2 }, () => [PAGE, `${SERVICE}/WsFed_passive`]).flat());
    expect(simulator.ledger().directoryPasswordAttempts).toEqual([]);
    expect(simulator.ledger().passivePosts.map(({ outcome, sid }) => [outcome, sid])).toEqual(
      Array.from({ length: 2 }, () => ["accepted", demoUsers[0]?.sid]),
    );
  });

  it("S-96: signs in by a token in the message where the pool has only that port", async () => {
    const { bob, simulator } = gateway;
    simulator.relyingParty?.configure({ wsFedPassive: false, wsFedBearer: true });
    simulator.clearLedger();
    const run = await signIn(bob);
    expect(run.certified, said(run)).toBe(true);
    expect(simulator.ledger().certificates).toEqual([expect.objectContaining({ user: bob.sipUri })]);
    expect(tokenRequests().at(-1)).toBe(`${SERVICE}/WsFed_bearer`);
    simulator.relyingParty?.reset();
  });

  it("S-96: gets no ticket, and no certificate, where its user has no SID that may be signed for", async () => {
    const { alice, simulator } = gateway;
    await setSid(alice.sipUri, "S-1-5-21-1-2-3-1104");
    simulator.clearLedger();
    const run = await signIn(alice, {
      until: (exchanges) => exchanges.some((each) => targetOf(each) === TICKET && statusOf(each) === 503),
    });
    expect([run.certified, tokenRequests(), simulator.ledger().certificates], said(run)).toEqual([false, [], []]);
    expect(gateway.log.some((line) => line.includes('"sts-no-sid"'))).toBe(true);
  });
});
