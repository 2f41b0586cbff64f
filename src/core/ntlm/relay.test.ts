import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALICE, HOST, handshake, KEYRING, must, NAMES, NOW } from "../../../test/kit/ntlm.ts";
import { type ClientProfile, clientAuthenticate, clientNegotiate, PROFILES } from "../../../test/kit/ntlm-client.ts";
import { runs } from "../../../test/kit/runs.ts";
import { parseAuthenticate } from "./authenticate.ts";
import { channelBindingOf, type Here, hasChannelBinding, relayFault } from "./relay.ts";
import { issueChallenge } from "./sealed-challenge.ts";
import type { AuthenticateMessage } from "./types.ts";

const HERE: Here = { hosts: new Set([HOST, "meet.contoso.test"]), channelBindings: [] };
const CERTIFICATE = Buffer.from("6f".repeat(32), "hex");
const BOUND: Here = { ...HERE, channelBindings: [channelBindingOf(CERTIFICATE)] };

type Own = { readonly targetName?: string; readonly channelBinding?: Uint8Array; readonly password?: string };

/** What becomes of a response with these AV pairs of the client's own. */
const fault = (own: Own, here = HERE): string => relayFault(messageWith(own), here) ?? "ours";

function messageWith(own: Own, profile: ClientProfile = PROFILES.windowsHttp): AuthenticateMessage {
  const type1 = clientNegotiate(profile);
  const type2 = must(issueChallenge({ keyring: KEYRING, host: HOST, now: NOW, names: NAMES, negotiate: type1 }));
  const type3 = clientAuthenticate(profile, { ...ALICE, ...own, type1, type2, now: NOW });
  return must(parseAuthenticate(type3));
}

describe("S-4: for which service a response was made (MsvAvTargetName)", () => {
  it.each([
    "",
    "HTTP/web.contoso.test",
    "http/WEB.Contoso.Test",
    "HTTP/web.contoso.test.",
    "HTTP/web.contoso.test:443",
    "HTTP/web.contoso.test:8443/instance",
    "HTTP/meet.contoso.test",
  ])("`%s` is ours", (targetName) => {
    expect(fault({ targetName })).toBe("ours");
  });

  it.each([
    "HTTP/rogue.example",
    "cifs/fileserver",
    "cifs/web.contoso.test",
    "HOST/web.contoso.test",
    "ldap/web.contoso.test",
    "HTTPS/web.contoso.test",
    "web.contoso.test",
    "HTTP/",
    "HTTP",
    "/web.contoso.test",
    "HTTP/web.contoso.test.rogue.example",
    "HTTP/rogue.example/web.contoso.test",
    "HTTP/rogue.example@web.contoso.test",
    "HTTP/web.contoso.test@rogue.example",
    "HTTP/web.contoso.test@CONTOSO.TEST",
    "HTTP/web.contoso.test..",
    "HTTP/web.contoso.test\u2044",
    "HTTP/web.contoso.test ",
    " HTTP/web.contoso.test",
    "HTTP\\\\web.contoso.test",
    "HTTP/web.contoso.te\u017ft",
  ])("`%s` is another's", (targetName) => {
    expect(fault({ targetName })).toBe("target-of-another-service");
  });

  it("of two names, both have to be ours", () => {
    const twice = { ...PROFILES.windowsHttp, adds: [...PROFILES.windowsHttp.adds, 9] };
    const { type3 } = handshake(twice);
    expect(relayFault(must(parseAuthenticate(type3)), HERE)).toBeUndefined();
    expect(relayFault(must(parseAuthenticate(type3)), { ...HERE, hosts: new Set(["x"]) })).toBe(
      "target-of-another-service",
    );
  });

  it.each(Object.values(PROFILES))("every client's own response is ours: $name", (profile) => {
    expect(relayFault(must(parseAuthenticate(handshake(profile).type3)), HERE)).toBeUndefined();
    expect(relayFault(must(parseAuthenticate(handshake(profile).type3)), BOUND)).toBeUndefined();
  });

  it("whatever the name, it is judged and never thrown at", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
        const targetName = text.replaceAll(/\p{Surrogate}/gu, "x");
        const service = /^http\/(web|meet)\.contoso\.test/i.test(targetName);
        if (targetName !== "" && !service) expect(fault({ targetName })).toBe("target-of-another-service");
      }),
      { numRuns: runs(2_000) },
    );
  });
});

describe("S-4: over which channel a response came (MsvAvChannelBindings)", () => {
  it("is the MD5 of gss_channel_bindings_struct with tls-server-end-point", () => {
    // Made with Python: hashlib.md5(bytes(16) + struct.pack("<I", 53) + b"tls-server-end-point:" + bytes.fromhex("6f" *
    // 32)).
    expect(Buffer.from(channelBindingOf(CERTIFICATE)).toString("hex")).toBe("80ce7d1ea9cc7054944706d81f5cc2d0");
  });

  it.each([
    ["of our certificate", channelBindingOf(CERTIFICATE), "ours"],
    ["of another certificate", channelBindingOf(Buffer.alloc(32, 1)), "wrong-channel-binding"],
    ["cut short", channelBindingOf(CERTIFICATE).subarray(0, 15), "wrong-channel-binding"],
    ["all zero: the client has none", new Uint8Array(16), "ours"],
    ["empty", new Uint8Array(0), "ours"],
  ])("%s", (_, channelBinding, expected) => {
    expect(fault({ channelBinding }, BOUND)).toBe(expected);
    expect(fault({ channelBinding }, HERE)).toBe("ours");
  });

  it.each<[string, Own, ClientProfile, boolean]>([
    ["of our certificate", { channelBinding: channelBindingOf(CERTIFICATE) }, PROFILES.windowsHttp, true],
    [
      "of another, with a wrong password",
      { channelBinding: Buffer.alloc(16, 1), password: "wrong" },
      PROFILES.windowsHttp,
      true,
    ],
    ["all zero", { channelBinding: new Uint8Array(16) }, PROFILES.windowsHttp, false],
    ["empty", { channelBinding: new Uint8Array(0) }, PROFILES.windowsHttp, false],
    ["none", {}, PROFILES.curl, false],
  ])("whether there is one does not depend on the proof: %s", (_, own, profile, expected) => {
    expect(hasChannelBinding(messageWith(own, profile))).toBe(expected);
  });

  it("an NTLMv1 response, and one that cannot be read, have none", () => {
    const message = messageWith({ channelBinding: Buffer.alloc(16, 1) });
    for (const ntResponse of [
      message.ntResponse.subarray(0, 24),
      message.ntResponse.subarray(0, -40),
      new Uint8Array(0),
    ]) {
      expect(hasChannelBinding({ ...message, ntResponse })).toBe(false);
    }
  });
});
