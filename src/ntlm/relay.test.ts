import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAuthenticate } from "./authenticate.ts";
import { channelBindingOf, type Here, relayFault } from "./relay.ts";
import { issueChallenge } from "./sealed-challenge.ts";
import { type ClientProfile, clientAuthenticate, clientNegotiate, PROFILES } from "./test-client.ts";
import { ALICE, HOST, handshake, KEYRING, must, NAMES, NOW } from "./test-world.ts";

const HERE: Here = { hosts: new Set([HOST, "meet.contoso.test"]), channelBindings: [] };
const CERTIFICATE = Buffer.from("6f".repeat(32), "hex");
const BOUND: Here = { ...HERE, channelBindings: [channelBindingOf(CERTIFICATE)] };

/** What becomes of a response with these AV pairs of the client's own. */
function fault(own: { readonly targetName?: string; readonly channelBinding?: Uint8Array }, here = HERE): string {
  const profile: ClientProfile = PROFILES.windowsHttp;
  const type1 = clientNegotiate(profile);
  const type2 = must(issueChallenge({ keyring: KEYRING, host: HOST, now: NOW, names: NAMES, negotiate: type1 }));
  const type3 = clientAuthenticate(profile, { ...ALICE, ...own, type1, type2, now: NOW });
  return relayFault(must(parseAuthenticate(type3)), here) ?? "ours";
}

describe("S-4: for which service a response was made (MsvAvTargetName)", () => {
  it.each([
    "",
    "HTTP/web.contoso.test",
    "http/WEB.Contoso.Test",
    "HTTP/web.contoso.test.",
    "HTTP/web.contoso.test:443",
    "HTTP/web.contoso.test:8443/instance",
    "HTTP/web.contoso.test@CONTOSO.TEST",
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
      { numRuns: 2_000 },
    );
  });
});

describe("S-4: over which channel a response came (MsvAvChannelBindings)", () => {
  it("is the MD5 of gss_channel_bindings_struct with tls-server-end-point", () => {
    // Made with Python: hashlib.md5(bytes(16) + struct.pack("<I", 53) + b"tls-server-end-point:" + bytes.fromhex("6f" * 32)).
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
});
