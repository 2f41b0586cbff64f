import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CertificateAuthority } from "./certificate-authority.ts";
import { fetchCertificate } from "./certificate-client.ts";
import { makeDeviceKey, type SignedRequest, signedMessage } from "./signing-client.ts";
import { demoUsers, type Simulator, startSimulator } from "./simulator.ts";
import { SOAP_HEADERS, send, type TestResponse } from "./test-client.ts";

const MINUTE = 60_000;
const TO = "https://web.contoso.test/WebTicket/WebTicketService.svc/Cert";
const alice = "alice@contoso.test";
const device = makeDeviceKey();

let simulator: Simulator;
let certificate: string;

beforeAll(async () => {
  simulator = await startSimulator({ users: demoUsers });
  certificate = await fetchCertificate(simulator, alice, device);
});
beforeEach(() => simulator.clearLedger());
afterAll(() => simulator.stop());

const post = (body: string): Promise<TestResponse> =>
  send(simulator, { path: "/WebTicket/WebTicketService.svc/Cert", method: "POST", headers: SOAP_HEADERS, body });
const signed = (more: Partial<SignedRequest> = {}) =>
  signedMessage({ key: device, certificate, now: Date.now(), tokenType: "cwt", ...more });
const postSigned = (more: Partial<SignedRequest> = {}) => post(signed(more).text);

describe("/Cert at the simulated Front-End", () => {
  it("issues a ticket for the certificate's owner, and writes down which certificate it was", async () => {
    for (const hash of ["sha1", "sha256"] as const) {
      for (const more of [{}, { sipUri: null }, { to: TO }, { signs: ["timestamp", "body", "token"] as const }]) {
        const answer = await postSigned({ hash, ...more });
        expect(answer.status).toBe(200);
        expect(answer.text).toContain("cwt=");
      }
    }
    const { certificateSignOns, refusedCertificates, ticketsIssued } = simulator.ledger();
    expect(refusedCertificates).toEqual([]);
    expect(new Set(certificateSignOns.map(({ user }) => user))).toEqual(new Set([`sip:${alice}`]));
    expect(ticketsIssued.length).toBe(certificateSignOns.length);
  });

  it("takes a signature again, and with another body: that is for a gateway to refuse", async () => {
    const { text } = signed();
    expect((await post(text)).status).toBe(200);
    expect((await post(text.replace("CertProvisioningService", "OtherService"))).status).toBe(200);
  });

  it("refuses what is wrong, and says why to the ledger only", async () => {
    const stranger = makeDeviceKey();
    const own = new CertificateAuthority("Communications Server", Date.now()).issue(
      alice,
      { publicKey: stranger.spki },
      Date.now(),
    );
    const bad: readonly (readonly [reason: string, text: string])[] = [
      ["incomplete", signed().text.replace(/<Signature .*<\/Signature>/, "")],
      ["unknown-certificate", signed({ certificate: Buffer.from(own.der).toString("base64"), key: stranger }).text],
      ["not-signed", signed({ key: stranger }).text],
      ["not-signed", signed({ signs: ["body"] }).text],
      ["not-signed", signed().text.replace(/(?<=Expires>)..../, "2099")],
      ["stale", signed({ now: Date.now() - 20 * MINUTE }).text],
      ["stale", signed({ now: Date.now() + 6 * MINUTE }).text],
      ["to-not-signed", signed({ to: TO, signs: ["timestamp"] }).text],
    ];
    const answers = await Promise.all(bad.map(([, text]) => post(text)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const { refusedCertificates, certificateSignOns } = simulator.ledger();
    expect(refusedCertificates.map(({ reason }) => reason).sort()).toEqual(bad.map(([reason]) => reason).sort());
    expect(certificateSignOns).toEqual([]);
  });

  it("refuses a claim of somebody else", async () => {
    expect((await postSigned({ sipUri: "sip:bob@contoso.test" })).text).toContain("28022");
  });

  it("refuses a certificate that was revoked, and takes the next one", async () => {
    const revoked = await send(simulator, {
      path: "/_sim/revoke",
      method: "POST",
      body: JSON.stringify({ user: `sip:${alice}` }),
    });
    expect(JSON.parse(revoked.text)).toEqual({ revoked: 1 });
    expect((await postSigned()).status).toBe(500);
    certificate = await fetchCertificate(simulator, alice, device);
    expect((await postSigned()).status).toBe(200);
  });
});
