import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { must } from "../../test/kit/ntlm.ts";
import { parseKeyring } from "../core/crypto/keyring.ts";
import { seal } from "../core/crypto/seal.ts";
import { type EnvelopedTicket, MAX_ENVELOPE_CHARS, openTicket, sealTicket } from "./envelope.ts";

const keyOf = (byte: number): string => Buffer.alloc(32, byte).toString("base64");
const KEYRING = must(parseKeyring(keyOf(1)));

const TICKET: EnvelopedTicket = {
  kind: "user",
  sipUri: "sip:alice@contoso.test",
  id: "8b1c7d1e-0000-4000-8000-5d1c2a3b4c5d",
  expiresAt: 1_790_000_000_000,
  inner: "AAEBHAEFAAAAAAAFFQAAAB",
  pool: "",
};

const anyTicket = fc.record({
  kind: fc.constantFrom<EnvelopedTicket["kind"]>("user", "anonymous"),
  sipUri: fc.string({ unit: "grapheme" }),
  id: fc.string(),
  expiresAt: fc.nat(),
  inner: fc.string({ unit: "grapheme" }),
  pool: fc.constantFrom("", "web2.contoso.test"),
});

describe("an envelope", () => {
  it("opens to what was sealed", () => {
    fc.assert(
      fc.property(anyTicket, (ticket) => {
        expect(openTicket(KEYRING, sealTicket(KEYRING, ticket))).toEqual(ticket);
      }),
    );
  });

  it("is text for a header, a cookie and a form, and never the same twice", () => {
    const texts = Array.from({ length: 100 }, () => sealTicket(KEYRING, TICKET));
    for (const text of texts) expect(text).toMatch(/^[\w-]+$/);
    expect(new Set(texts).size).toBe(100);
  });

  it("shows nothing of the ticket in it", () => {
    const bytes = Buffer.from(sealTicket(KEYRING, TICKET), "base64url").toString("latin1");
    for (const secret of [TICKET.inner, "alice", TICKET.id]) expect(bytes).not.toContain(secret);
  });

  it("opens after a rotation, until its key is gone", () => {
    const text = sealTicket(KEYRING, TICKET);
    expect(openTicket(must(parseKeyring(`${keyOf(2)} ${keyOf(1)}`)), text)).toEqual(TICKET);
    expect(openTicket(must(parseKeyring(keyOf(2))), text)).toBeUndefined();
  });

  it("does not open with any bit changed, cut, or lengthened", () => {
    const sealed = Buffer.from(sealTicket(KEYRING, TICKET), "base64url");
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openTicket(KEYRING, changed.toString("base64url"))).toBeUndefined();
    }
    for (let end = 0; end < sealed.length; end++) {
      expect(openTicket(KEYRING, sealed.subarray(0, end).toString("base64url"))).toBeUndefined();
    }
    expect(openTicket(KEYRING, Buffer.concat([sealed, Buffer.alloc(1)]).toString("base64url"))).toBeUndefined();
  });

  it("is no other sealed thing of Postern's, and no other thing is an envelope", () => {
    const challenge = seal(KEYRING, "ntlm-challenge", "cwt", Buffer.from(JSON.stringify(["user", "", "", 1, ""])));
    expect(openTicket(KEYRING, Buffer.from(challenge).toString("base64url"))).toBeUndefined();
    const elsewhere = seal(KEYRING, "ticket", "elsewhere", Buffer.from(JSON.stringify(["user", "", "", 1, ""])));
    expect(openTicket(KEYRING, Buffer.from(elsewhere).toString("base64url"))).toBeUndefined();
  });

  it("has one spelling: nothing before it, behind it or in it", () => {
    const text = sealTicket(KEYRING, TICKET);
    for (const other of [`!${text}`, `${text}!`, `${text.slice(0, 9)} ${text.slice(9)}`, `${text}=`])
      expect(openTicket(KEYRING, other)).toBeUndefined();
  });

  it("is opened up to 32,768 characters", () => {
    const bytes = (inner: string) => Buffer.from(sealTicket(KEYRING, { ...TICKET, inner }), "base64url").length;
    const room = (3 * 32_768) / 4 - bytes("");
    const longest = { ...TICKET, inner: "a".repeat(room) };
    const text = sealTicket(KEYRING, longest);
    expect(text).toHaveLength(MAX_ENVELOPE_CHARS);
    expect(openTicket(KEYRING, text)).toEqual(longest);
    expect(openTicket(KEYRING, sealTicket(KEYRING, { ...TICKET, inner: "a".repeat(room + 1) }))).toBeUndefined();
  });

  it("is opened as earlier releases sealed it", () => {
    const earlier = seal(KEYRING, "ticket", "cwt", Buffer.from(JSON.stringify(Object.values(TICKET).slice(0, 5))));
    expect(openTicket(KEYRING, Buffer.from(earlier).toString("base64url"))).toEqual(TICKET);
  });

  it("S-69: of the first pool is as long as it was before there were several", () => {
    const earlier = seal(KEYRING, "ticket", "cwt", Buffer.from(JSON.stringify(Object.values(TICKET).slice(0, 5))));
    expect(sealTicket(KEYRING, TICKET)).toHaveLength(Buffer.from(earlier).toString("base64url").length);
  });

  it("is undefined for anything else, however long", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(openTicket(KEYRING, text)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(openTicket(KEYRING, Buffer.from(bytes).toString("base64url"))).toBeUndefined();
      }),
    );
    expect(openTicket(KEYRING, "A".repeat(MAX_ENVELOPE_CHARS + 1))).toBeUndefined();
  });
});
