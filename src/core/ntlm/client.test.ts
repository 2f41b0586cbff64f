// What the synthetic sign-in sends is accepted by the verifier, with its MIC, and by it alone.

import { describe, expect, it } from "vitest";
import { ALICE, answer, HOST, KEYRING, must, NAMES, NOW } from "../../../test/kit/ntlm.ts";
import { parseAuthenticate } from "./authenticate.ts";
import { authenticateMessage, negotiateMessage } from "./client.ts";
import { NEGOTIATE_KEY_EXCH, NEGOTIATE_UNICODE } from "./constants.ts";
import { parseNegotiate } from "./negotiate.ts";
import { relayFault } from "./relay.ts";
import { ntHash } from "./responses.ts";
import { issueChallenge } from "./sealed-challenge.ts";
import { viewOf } from "./wire.ts";

const negotiate = negotiateMessage();
const challenge = must(issueChallenge({ keyring: KEYRING, host: HOST, now: NOW, names: NAMES, negotiate }));

const answering = (who: Partial<Parameters<typeof authenticateMessage>[0]> = {}) =>
  authenticateMessage({
    ...{ negotiate, challenge, user: ALICE.user, domain: ALICE.domain, ntHash: ntHash(ALICE.password) },
    ...{ workstation: "POSTERN-PROBE", targetName: `HTTP/${HOST}`, clientChallenge: new Uint8Array(8).fill(5) },
    ...{ now: NOW, ...who },
  }) ?? expect.fail("no answer");

describe("the client of the synthetic sign-in", () => {
  it("asks for no key exchange, so that it needs no RC4", () => {
    expect(must(parseNegotiate(negotiate)).flags & NEGOTIATE_KEY_EXCH).toBe(0);
  });

  it.each([
    ["alice", "CONTOSO"],
    ["alice@contoso.test", ""],
    ["jürgen.straße", "Contoso"],
  ])("signs in as %s in domain %s", (user, domain) => {
    expect(answer(answering({ user, domain }))).toMatchObject({ ok: true });
  });

  it("sends a MIC, over all three messages", () => {
    const message = answering();
    expect(must(parseAuthenticate(message)).mic).toHaveLength(16);
    const changed = new Uint8Array(message);
    changed[66] = 1; // within the version, which only the MIC covers
    expect(answer(changed)).toEqual({ ok: false, reason: "mic-wrong" });
  });

  it("names the service it means", () => {
    const here = (host: string) => ({ hosts: new Set([host]), channelBindings: [] });
    const message = must(parseAuthenticate(answering()));
    expect(relayFault(message, here(HOST))).toBeUndefined();
    expect(relayFault(message, here("elsewhere.test"))).toBe("target-of-another-service");
  });

  it("is refused with a wrong password", () => {
    expect(answer(answering({ ntHash: ntHash("wrong") }))).toEqual({ ok: false, reason: "wrong-proof" });
  });

  it("answers no challenge that is broken or weak", () => {
    const weak = new Uint8Array(challenge);
    viewOf(weak).setUint32(20, viewOf(weak).getUint32(20, true) & ~NEGOTIATE_UNICODE, true);
    for (const given of [weak, challenge.subarray(0, 40), negotiate, new Uint8Array(0)]) {
      const { user, domain } = ALICE;
      const [clientChallenge, hash] = [new Uint8Array(8), new Uint8Array(16)];
      const more = { user, domain, workstation: "", targetName: "", now: NOW };
      expect(
        authenticateMessage({ ...more, negotiate, challenge: given, ntHash: hash, clientChallenge }),
      ).toBeUndefined();
    }
  });
});
