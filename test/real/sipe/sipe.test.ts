// A real Lync client goes from an empty profile to its client certificate: autodiscover, web ticket by NTLM, user
// resource, SIP challenge, second ticket, certificate. It does so once at the Front-End itself and once through the
// gateway. Then both dialogues are compared: the gateway changes nothing that the client can see, except the ports of
// closed services in the metadata.

import { expect, it } from "vitest";
import { describeClient } from "../requirements.ts";
import {
  challengesOf,
  dialogue,
  type Exchange,
  headerNames,
  ntlmLeg,
  statusOf,
  summary,
  targetOf,
} from "../transcript.ts";
import { forEachUpstream, type Upstream } from "../upstreams.ts";
import { SIPE_REQUIREMENTS } from "./finch.ts";
import { type SipeRun, signInWithSipe } from "./sign-in.ts";

const WEB = "https://web.contoso.test";
const USER = `GET ${WEB}/Autodiscover/AutodiscoverService.svc/root/user`;
const WEB_TICKET = `${WEB}/WebTicket/WebTicketService.svc`;
const CERT_PROV = `${WEB}/CertProv/CertProvisioningService.svc`;

/** Headers about one hop, or about the moment; and headers that name the inside, which a gateway takes away. */
const NOT_COMPARED =
  /^(connection|keep-alive|content-length|transfer-encoding|date|server|x-powered-by|x-aspnet-version|x-ms-server-fqdn|persistent-auth)$/;

/**
 * "target → status" of what the client asked, repeats dropped: its two discoveries (http and https) run side by side.
 */
function steps(exchanges: readonly Exchange[]): string[] {
  return [...new Set(exchanges.map((exchange) => `${targetOf(exchange)} ${statusOf(exchange)}`))];
}

/** The only difference that a client can see: metadata announces only what Postern publishes (S-38). */
function withoutClosedPorts(dialogues: ReturnType<typeof dialogue>): ReturnType<typeof dialogue> {
  const closed =
    /<(wsdl:port|wsdl:binding|wsp:Policy) (?:name|wsu:Id)="WebTicketService(?:Cert|Pin)(?:_policy)?".*?<\/\1>/g;
  return Object.fromEntries(
    Object.entries(dialogues).map(([origin, steps]) => [
      origin,
      steps.map((step) => ({ ...step, responseBody: step.responseBody.replace(closed, "") })),
    ]),
  );
}

function transcriptOf(run: SipeRun): string {
  return run.exchanges.map(summary).join("\n");
}

const runs = new Map<string, SipeRun>();

async function runOnce(upstream: Upstream): Promise<SipeRun> {
  const run = runs.get(upstream.name) ?? (await signInWithSipe(upstream, upstream.password));
  runs.set(upstream.name, run);
  return run;
}

describeClient("SIPE (pidgin-sipe in finch)", SIPE_REQUIREMENTS, () => {
  forEachUpstream((upstream, name) => {
    it("signs in from autodiscover to its client certificate", async () => {
      const run = await runOnce(upstream());
      console.info(`SIPE at ${upstream().name}, ${run.milliseconds} ms:\n${transcriptOf(run)}`);
      expect(run.certified, `stopped after:\n${transcriptOf(run)}\n${run.log.slice(-4000)}`).toBe(true);
      expect(upstream().ledger().certificates).toEqual([expect.objectContaining({ user: upstream().sipUri })]);
      expect(steps(run.exchanges)).toEqual(
        expect.arrayContaining([
          `${USER} 401`,
          `GET ${WEB_TICKET}/mex 200`,
          `POST ${WEB_TICKET} 401`,
          `POST ${WEB_TICKET} 200`,
          `${USER} 200`,
          `GET ${CERT_PROV}/mex 200`,
          `POST ${CERT_PROV}/WebTicket_Proof_SHA1 200`,
        ]),
      );
    });

    it("is refused with a wrong password and gets no ticket", async () => {
      const refused = (exchange: Exchange) => ntlmLeg(exchange) === "NTLM <message 3> → 401";
      const run = await signInWithSipe(upstream(), "not-the-password", {
        until: (exchanges) => exchanges.some(refused),
      });
      // Its two discoveries run side by side: a second one may be refused before the first is noticed.
      expect(new Set(run.exchanges.filter(refused).map((each) => challengesOf(each).join()))).toEqual(
        new Set([upstream().offers.join()]),
      );
      expect(steps(run.exchanges)).not.toContain(`POST ${WEB_TICKET} 200`);
      expect(run.certified).toBe(false);
    });

    if (name === "the simulator") return;

    it("reaches the Front-End only signed in, and leaves no password in any log", () => {
      const { password, ledger, logs } = upstream();
      expect(ledger().directoryPasswordAttempts).toEqual([]);
      expect(ledger().requests.filter(({ status }) => status === 401)).toEqual([]);
      expect(JSON.stringify([ledger(), logs()])).not.toContain(password);
    });
  });

  it("sees the same dialogue through the gateway as at the Front-End", () => {
    const [direct, through] = [runs.get("the simulator"), runs.get("the gateway")];
    if (direct === undefined || through === undefined) throw new Error("one of the two runs is missing");
    expect(dialogue(through.exchanges)).toEqual(withoutClosedPorts(dialogue(direct.exchanges)));
    // The headers of answers that come from the Front-End. What a client reads of the gateway's own answers (401) is
    // compared above.
    const names = ({ exchanges }: SipeRun) =>
      headerNames(
        exchanges.filter((exchange) => statusOf(exchange) === 200),
        NOT_COMPARED,
      );
    // Through the gateway each answer has the request's id as well (S-74).
    const withId = Object.entries(names(direct)).map(([at, all]) => [at, [...all, "x-request-id"].toSorted()]);
    expect(names(through)).toEqual(Object.fromEntries(withId));
  });

  it("signs in each ticket request at the gateway, where IIS signs in the connection", () => {
    const legs = (run: SipeRun | undefined) =>
      run?.exchanges.filter((exchange) => targetOf(exchange) === `POST ${WEB_TICKET}`).map(ntlmLeg);
    const handshake = ["nothing → 401", "NTLM <message 1> → 401", "NTLM <message 3> → 200"];
    expect(legs(runs.get("the simulator"))).toEqual([...handshake, "nothing → 200"]);
    expect(legs(runs.get("the gateway"))).toEqual([...handshake, ...handshake]);
  });
});
