// The same sign-in where Postern offers `Negotiate`: raw NTLM messages in it, or messages wrapped in SPNEGO as Windows
// does.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROFILES } from "../kit/ntlm-client.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { answerTo, authorization, challengeFor, signIn, withAuthorization } from "./support/ntlm.ts";
import { shapeOf } from "./support/shape.ts";
import { tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ variables: { CHALLENGE: "Negotiate" } });
});
afterAll(() => gateway?.stop());

const rst = () => tokenRequest("saml", gateway.alice.sipUri);

it("Negotiate is offered, alone", async () => {
  for (const request of [rst(), WINDOWS_GRANT]) {
    expect((await gateway.send(request)).lines("www-authenticate")).toEqual(["Negotiate"]);
  }
});

describe.each(["NTLM", "Negotiate", "SPNEGO"] as const)("as %s", (scheme) => {
  it.each(["sipe", "windowsHttp", "windowsSigned", "dotnet", "gssNtlmssp", "samba"] as const)(
    "%s gets its tickets",
    async (name) => {
      const how = { profile: PROFILES[name], scheme };
      for (const request of [rst(), WINDOWS_GRANT]) {
        const answer = await signIn(gateway, request, gateway.alice, how);
        expect(answer.status).toBe(200);
        const final = answer.lines("www-authenticate");
        // accept-completed (RFC 4178 4.2.2), for clients that wait for it
        if (scheme === "SPNEGO") expect(final).toEqual([expect.stringMatching(/^Negotiate oQcwBaADCgEA/)]);
        else expect(final).toEqual([]);
      }
    },
  );

  it("a wrong password gets the bare challenge", async () => {
    const ledger = await gateway.arrivals(async () => {
      const answer = await signIn(gateway, rst(), gateway.alice, { scheme, password: "wrong" });
      expect(shapeOf(answer)).toEqual(shapeOf(await gateway.send(rst())));
    });
    expect([ledger.requests, ledger.signOns]).toEqual([[], []]);
  });
});

it("the challenge comes in the form of the message it answers", async () => {
  for (const [scheme, start] of [
    ["NTLM", /^NTLM TlRMTVNTUAAC/],
    ["Negotiate", /^Negotiate TlRMTVNTUAAC/],
    ["SPNEGO", /^Negotiate o[YI]/],
  ] as const) {
    const { response } = await challengeFor(gateway, rst(), { scheme });
    expect(response.lines("www-authenticate")).toEqual([expect.stringMatching(start)]);
  }
});

it("S-3: an answer is used up in every wrapping at once", async () => {
  const type3 = answerTo(await challengeFor(gateway, rst(), { scheme: "SPNEGO" }), gateway.alice);
  const schemes = ["SPNEGO", "Negotiate", "NTLM"] as const;
  const answers = await Promise.all(
    schemes.map((scheme) => gateway.send(withAuthorization(rst(), authorization(type3, 3, scheme)))),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
});

it.each([
  ["a Kerberos ticket", "YIIBGgYJKoZIhvcSAQICAQBuggEJ"],
  ["an empty token", ""],
  ["SPNEGO without a token", "YBQGBisGAQUFAqAKMAigBjAEBgIqAw=="],
])("%s gets the bare challenge", async (_, token) => {
  const answer = await gateway.send(withAuthorization(rst(), `Negotiate ${token}`));
  expect(shapeOf(answer)).toEqual(shapeOf(await gateway.send(rst())));
});
