// S-86 in workerd: tokens and metadata as they are written, what is refused before anything is signed, and keys.
// test/real/passive/ shows them to verifiers of others.

import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { newTokenKey } from "../../../cli/token-key.ts";
import { runs } from "../../../test/kit/runs.ts";
import { keysOf, SID, tokenKeyEntries } from "../../../test/kit/token-keys.ts";
import { canonicalForm } from "../proof/canonical-form.ts";
import { type Element, everyElement, textIn } from "../proof/element.ts";
import { readMessage } from "../proof/read.ts";
import type { TokenRequest } from "./assertion.ts";
import { parseTokenKeys, type TokenKey, tokenKey } from "./keys.ts";
import { metadataDocument } from "./metadata.ts";
import { issueToken } from "./response.ts";
import type { SignableSid } from "./sids.ts";

const NOW = Date.parse("2026-11-28T10:00:00.250Z");
const REQUEST: TokenRequest = {
  ...{ issuer: "http://sts.contoso.test/postern", audience: "https://pool.contoso.test/passiveauth" },
  ...{ upn: "ada@contoso.test", sid: SID, method: "passkey", authenticatedAt: NOW - 30_000, now: NOW, minutes: 5 },
};
const PUBLISHED = { issuer: REQUEST.issuer, passiveUrl: "https://sts.contoso.test/passive" };

let entries: readonly string[] = [];
let keys: readonly TokenKey[] = [];
const first = (): TokenKey => keys[0] as TokenKey;
beforeAll(async () => {
  entries = await tokenKeyEntries(2, NOW);
  keys = await keysOf(...entries);
}, 120_000);

const wresultOf = async (change: Partial<TokenRequest> = {}): Promise<string> => {
  const issued = await issueToken({ ...REQUEST, ...change }, first());
  if (!issued.ok) throw new Error(issued.reason);
  return issued.value.wresult;
};
function tree(xml: string): Element {
  const root = readMessage(new TextEncoder().encode(xml));
  if (!root.ok) throw new Error(root.reason);
  return root.value;
}
const find = (root: Element, local: string): Element => {
  const found = [...everyElement(root)].find((each) => each.local === local);
  if (found === undefined) throw new Error(`no ${local}`);
  return found;
};

/** Whether the signature in the element is good: the digest of the element without it, then the signed part. */
async function isGood(signed: Element, key: TokenKey, prefixes: readonly string[] = []): Promise<boolean> {
  const signature = find(signed, "Signature");
  const without = { ...signed, children: signed.children.filter((child) => child !== signature) };
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonicalForm(without, prefixes)));
  if (Buffer.from(digest).toString("base64") !== textIn(find(signature, "DigestValue"))) return false;
  const parsed = parseTokenKeys(entries[keys.indexOf(key)] ?? "");
  const spki = parsed.ok ? parsed.value[0]?.spki : undefined;
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const certified = await crypto.subtle.importKey("spki", spki ?? new Uint8Array(), algorithm, false, ["verify"]);
  const value = Buffer.from(textIn(find(signature, "SignatureValue")) ?? "", "base64");
  const over = new TextEncoder().encode(canonicalForm(find(signature, "SignedInfo")));
  return crypto.subtle.verify(algorithm.name, certified, value, over);
}

describe("S-86: a token", () => {
  it("is canonical as it is written, has one line, a new id, and a good signature", async () => {
    const issued = await issueToken(REQUEST, first());
    if (!issued.ok) throw new Error(issued.reason);
    const { wresult, id, expiresAt } = issued.value;
    const root = tree(wresult);
    expect(canonicalForm(root)).toBe(wresult);
    expect(wresult).not.toMatch(/[\r\n]/);
    expect(id).toMatch(/^_[0-9a-f-]{36}$/);
    expect(wresult).toContain(`AssertionID="${id}"`);
    expect(wresult).toContain(`<ds:Reference URI="#${id}">`);
    expect(await isGood(find(root, "Assertion"), first())).toBe(true);
    expect(expiresAt).toBe(NOW + 300_000);
    expect(await wresultOf()).not.toContain(id);
  });

  it("says what was asked: times, audience, account and method", async () => {
    const wresult = await wresultOf({ minutes: 240 });
    for (const part of [
      'IssueInstant="2026-11-28T10:00:00.250Z"',
      '<saml:Conditions NotBefore="2026-11-28T09:59:00.250Z" NotOnOrAfter="2026-11-28T14:00:00.250Z">',
      "<saml:Audience>https://pool.contoso.test/passiveauth</saml:Audience>",
      "<wsa:Address>https://pool.contoso.test/passiveauth</wsa:Address>",
      `<saml:AttributeValue>${SID}</saml:AttributeValue>`,
      'AuthenticationInstant="2026-11-28T09:59:30.250Z" AuthenticationMethod="urn:oasis:names:tc:SAML:1.0:am:HardwareToken"',
      "</ds:Signature></saml:Assertion></t:RequestedSecurityToken>",
    ]) {
      expect(wresult).toContain(part);
    }
    expect(wresult.match(/<saml:Assertion /g)).toHaveLength(1);
    expect(await wresultOf({ method: "two-factors" })).toContain("http://schemas.microsoft.com/claims/multipleauthn");
    expect(await wresultOf({ method: "unspecified" })).toContain('"urn:oasis:names:tc:SAML:1.0:am:unspecified"');
  });

  it("fits a form of 32 KiB with the longest names, whatever is in them", async () => {
    for (const piece of ["&", "漢", "😀"]) {
      const [upn, audience] = [piece.repeat(512 / piece.length), `https://${piece.repeat(250)}`];
      const form = new URLSearchParams({ wa: "wsignin1.0", wresult: await wresultOf({ upn, audience }) });
      expect(form.toString().length).toBeLessThan(32 * 1_024);
    }
  });

  it("is as it is for any name, or is not made", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 30 }), async (upn) => {
        const issued = await issueToken({ ...REQUEST, upn }, first());
        if (!issued.ok) {
          expect(issued.reason).toBe("bad-text");
          expect(upn === "" || /[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/u.test(upn)).toBe(true);
          return;
        }
        const root = tree(issued.value.wresult);
        expect(canonicalForm(root)).toBe(issued.value.wresult);
        expect(textIn(find(root, "NameIdentifier"))).toBe(upn);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it.each([
    ["a SID that nobody let through", { sid: "S-1-5-21-1-2-3-500" as SignableSid }, "bad-sid"],
    ["a SID with more in it", { sid: `${SID}</saml:AttributeValue>` as SignableSid }, "bad-sid"],
    ["a name with a line break", { upn: "a\nb" }, "bad-text"],
    ["half a character", { upn: "a\ud83d" }, "bad-text"],
    ["no name", { upn: "" }, "bad-text"],
    ["a long name", { upn: "a".repeat(513) }, "bad-text"],
    ["an audience with a null", { audience: "urn:a\0" }, "bad-text"],
    ["no audience", { audience: "" }, "bad-text"],
    ["an issuer with a tab", { issuer: "urn:\t" }, "bad-text"],
  ] as const)("is not made for %s", async (_, change, reason) => {
    expect(await issueToken({ ...REQUEST, ...change }, first())).toEqual({ ok: false, reason });
  });

  it("is not signed with a key whose certificate has ended", async () => {
    const { notAfter } = first();
    const at = (now: number) => issueToken({ ...REQUEST, now }, first());
    expect(await at(notAfter)).toEqual({ ok: false, reason: "key-expired" });
    expect((await at(notAfter - 1)).ok).toBe(true);
    const { notBefore } = first();
    expect(await at(notBefore - 1)).toEqual({ ok: false, reason: "key-not-yet" });
    expect((await at(notBefore)).ok).toBe(true);
  });
});

describe("S-87: metadata", () => {
  it("is the same each time, publishes every key, and is signed with the first", async () => {
    const xml = await metadataDocument(PUBLISHED, keys);
    expect(await metadataDocument(PUBLISHED, keys)).toBe(xml);
    const root = tree(xml);
    expect(canonicalForm(root, ["fed"])).toBe(xml);
    expect(await isGood(root, first(), ["fed"])).toBe(true);
    const published = [...everyElement(root)].filter(({ local }) => local === "KeyDescriptor");
    expect(published.map((each) => textIn(find(each, "X509Certificate")))).toEqual(
      keys.map(({ certificate }) => certificate),
    );
    expect(textIn(find(find(root, "Signature"), "X509Certificate"))).toBe(first().certificate);
    expect(xml).toContain('PrefixList="fed"');
    const turned = tree(await metadataDocument(PUBLISHED, keys.toReversed()));
    expect(await isGood(turned, keys[1] as TokenKey, ["fed"])).toBe(true);
  });
});

describe("S-86: keys", () => {
  const reasonOf = (text: string) => {
    const parsed = parseTokenKeys(text);
    return parsed.ok ? "ok" : parsed.reason;
  };
  const halves = (at: number): readonly [string, string] => entries[at]?.split(".") as [string, string];

  it("can sign, and cannot be exported", async () => {
    for (const format of ["pkcs8", "jwk"] as const) {
      await expect(crypto.subtle.exportKey(format, first().key)).rejects.toThrow();
    }
    expect(first().key).toMatchObject({ extractable: false, usages: ["sign"] });
    expect(JSON.stringify(first())).not.toContain(halves(0)[0].slice(0, 60));
  });

  it("two fit the 5 KiB of a Worker's secret, with a space between", () => {
    expect(entries.join(" ").length).toBeLessThanOrEqual(5 * 1_024);
  });

  it("are read with their thumbprint and their end", async () => {
    const { notAfter, entry } = await newTokenKey(NOW);
    const parsed = parseTokenKeys(entry);
    const [key] = parsed.ok ? parsed.value : [];
    expect(key?.notAfter).toBe(notAfter);
    const der = Buffer.from(entry.split(".")[1] ?? "", "base64");
    const sha1 = Buffer.from(await crypto.subtle.digest("SHA-1", der)).toString("hex");
    expect(key?.thumbprint).toBe(sha1.toUpperCase());
    const far = parseTokenKeys((await newTokenKey(Date.parse("2049-06-01T00:00:00Z"))).entry);
    expect(far.ok && new Date(far.value[0]?.notAfter ?? 0).getUTCFullYear()).toBe(2051);
  });

  it("are refused where something is wrong, for each its reason", () => {
    const [[key, certificate], [otherKey, otherCertificate]] = [halves(0), halves(1)];
    const cut = Buffer.from(Buffer.from(key, "base64").subarray(0, -1)).toString("base64");
    expect(reasonOf(entries.join(" "))).toBe("ok");
    expect(reasonOf("")).toBe("no-key");
    expect(reasonOf(Array.from({ length: 5 }, () => entries[0]).join(" "))).toBe("too-many-keys");
    expect(reasonOf(`${entries[0]} ${entries[0]}`)).toBe("key-twice");
    expect(reasonOf(key)).toBe("not-an-entry");
    expect(reasonOf(`${key}.${certificate}.${certificate}`)).toBe("not-an-entry");
    expect(reasonOf(`${key}.§`)).toBe("not-an-entry");
    expect(reasonOf(`${"A".repeat(8_192)}.${certificate}`)).toBe("not-an-entry");
    expect(reasonOf(`${certificate}.${key}`)).toBe("bad-private-key");
    expect(reasonOf(`${cut}.${certificate}`)).toBe("bad-private-key");
    expect(reasonOf(`${key}.${key}`)).toBe("bad-certificate");
    expect(reasonOf(`${key}.${otherCertificate}`)).toBe("not-a-pair");
    expect(reasonOf(`${otherKey}.${certificate}`)).toBe("not-a-pair");
  });

  it("of any bytes at all: reading never throws", () => {
    const [key, certificate] = halves(0).map((half) => Buffer.from(half, "base64"));
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.boolean(), (at, byte, inKey) => {
        const parts = [Buffer.from(key ?? []), Buffer.from(certificate ?? [])];
        const changed = parts[inKey ? 0 : 1] ?? Buffer.alloc(0);
        changed[at % changed.length] = byte;
        parseTokenKeys(parts.map((part) => part.toString("base64")).join("."));
      }),
      { numRuns: runs(20_000) },
    );
  });

  it("whose private number is another's is noticed before it signs", async () => {
    const parsed = parseTokenKeys(entries[0] ?? "");
    const [written] = parsed.ok ? parsed.value : [];
    if (written === undefined) throw new Error("no key");
    const damaged = Uint8Array.from(written.pkcs8);
    damaged[damaged.length - 5] = (damaged.at(-5) ?? 0) ^ 1; // in the last number, which only signing uses
    await expect(tokenKey({ ...written, pkcs8: damaged })).rejects.toThrow();
  });

  it("whose private half is damaged is not read, wherever the damage is", () => {
    const [half = "", certificate = ""] = (entries[0] ?? "").split(".");
    const pkcs8 = Buffer.from(half, "base64");
    const modulus = pkcs8.length - 1_192; // about where the modulus of 2048 bits stands
    for (let at = modulus; at < pkcs8.length; at += 37) {
      const damaged = Buffer.from(pkcs8);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      const parsed = parseTokenKeys(`${damaged.toString("base64")}.${certificate}`);
      expect(parsed.ok, `byte ${at}`).toBe(false);
    }
    const last = Buffer.from(pkcs8);
    last[last.length - 5] = (last.at(-5) ?? 0) ^ 1;
    expect(parseTokenKeys(`${last.toString("base64")}.${certificate}`)).toEqual({ ok: false, reason: "damaged-key" });
  });

  it("says from when to when its certificate is good", () => {
    const parsed = parseTokenKeys(entries[0] ?? "");
    const [written] = parsed.ok ? parsed.value : [];
    const days = ((written?.notAfter ?? 0) - (written?.notBefore ?? 0)) / 86_400_000;
    expect(days).toBeGreaterThan(731);
    expect(days).toBeLessThanOrEqual(732);
  });
});
