import { createHash, createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { alice, certificateFor, edited, HOST, judge, mallory, message, NOW } from "../../../test/kit/proof.ts";
import { proofReason } from "./faults.ts";
import { verifyTokenRequest } from "./verify.ts";

const MINUTE = 60_000;
const TO = `https://${HOST}/WebTicket/WebTicketService.svc/Cert`;

const keyHashOf = ({ key }: typeof alice): string => createHash("sha256").update(key.spki).digest("hex");
const signatureIn = (text: string): string => /<SignatureValue>(.*)<\/SignatureValue>/.exec(text)?.[1] ?? "";

/** What a message proves. Throws when the message is refused. */
function proofOf(text: string, now = NOW) {
  const judged = judge(text, now);
  if (!judged.ok) throw new Error(judged.reason);
  return judged.value;
}

describe("a good signed token request", () => {
  it("tells the key, the times, the replay id and what was signed", () => {
    const { text } = message();
    expect(judge(text)).toEqual({
      ok: true,
      value: {
        keyHash: keyHashOf(alice),
        replayId: createHash("sha256")
          .update(Buffer.from(signatureIn(text), "base64"))
          .digest("hex"),
        createdAt: NOW,
        expiresAt: NOW + 5 * MINUTE,
        usableUntil: NOW + 10 * MINUTE,
        signed: new Set(["timestamp"]),
        soap: "1.1",
        certificateName: "alice@contoso.test",
      },
    });
  });

  it.each(["sha1", "sha256"] as const)("is read with %s and any of the parts signed", (hash) => {
    for (const signs of [["timestamp"], ["timestamp", "to"], ["to", "body", "token", "timestamp"]] as const) {
      expect(proofOf(message({ hash, to: TO, signs }).text).signed).toEqual(new Set(signs));
    }
  });

  it("may stand in SOAP 1.2, behind a byte order mark and a declaration, with its base64 wrapped", () => {
    const { text } = message();
    const soap12 = text.replaceAll(
      "http://schemas.xmlsoap.org/soap/envelope/",
      "http://www.w3.org/2003/05/soap-envelope",
    );
    expect(proofOf(soap12).soap).toBe("1.2");
    expect(judge(`\ufeff<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n${text}`).ok).toBe(true);
    const wrap = (base64: string): string => base64.replaceAll(/.{64}/g, "$&\r\n");
    const wrapped = edited(
      edited(text, alice.certificate, wrap(alice.certificate)),
      signatureIn(text),
      wrap(signatureIn(text)),
    );
    expect(judge(wrapped).ok).toBe(true);
  });

  it("may have headers that are not read, and claims that are not signed", () => {
    const header = '<a:MessageID xmlns:a="http://www.w3.org/2005/08/addressing">urn:uuid:1</a:MessageID>';
    expect(judge(message({ header, sipUri: null }).text).ok).toBe(true);
    // This is on purpose, because WCF does not sign the body. The owner of the key must be the one who gets the ticket,
    // whatever the body claims.
    expect(proofOf(edited(message().text, "sip:alice@", "sip:mallory@")).keyHash).toBe(keyHashOf(alice));
  });

  it("is another key's when another key signs, whatever its certificate says", () => {
    const { key } = mallory;
    expect(proofOf(message({ key, certificate: certificateFor(key.spki) }).text).keyHash).toBe(keyHashOf(mallory));
  });

  it("names its host in any letter case and with the usual port", () => {
    for (const to of [`https://${HOST.toUpperCase()}`, `https://${HOST}:443/x`, ` ${TO}\n`]) {
      expect(judge(message({ to }).text).ok).toBe(true);
    }
  });
});

describe("a signature", () => {
  it("is good from five minutes before it was made to ten after its creation or five after its end", () => {
    const { text } = message({ lifetimeMs: 8 * 60 * MINUTE });
    const reasonAt = (now: number) => {
      const judged = judge(text, now);
      return judged.ok ? "good" : judged.reason;
    };
    const at = [-5 * MINUTE - 1, -5 * MINUTE, 15 * MINUTE - 1, 15 * MINUTE].map((after) => reasonAt(NOW + after));
    expect(at).toEqual(["created-in-future", "good", "good", "too-old"]);
    expect(proofOf(text).usableUntil).toBe(NOW + 15 * MINUTE);
    const short = message({ lifetimeMs: MINUTE });
    expect(proofOf(short.text).usableUntil).toBe(NOW + 6 * MINUTE);
    expect([judge(short.text, NOW + 6 * MINUTE - 1).ok, judge(short.text, NOW + 6 * MINUTE).ok]).toEqual([true, false]);
  });

  it("has one replay id, whatever is around it", () => {
    const { text, security } = message();
    const again = edited(text, security, edited(security, "><u:Timestamp", ">\n<u:Timestamp"));
    const otherBody = edited(text, "sip:alice@", "sip:bob@");
    const ids = [text, again, otherBody].map((each) => proofOf(each).replayId);
    expect(new Set(ids).size).toBe(1);
    expect(proofOf(message({ now: NOW + 1 }).text).replayId).not.toBe(ids[0]);
  });

  it("cannot be written as a larger number to have another replay id", () => {
    const modulus = BigInt(`0x${Buffer.from(modulusOf(alice.key.spki), "base64url").toString("hex")}`);
    let tried = 0;
    for (let ms = 0; tried < 3; ms++) {
      const { text } = message({ now: NOW + ms });
      const value = signatureIn(text);
      const larger = (BigInt(`0x${Buffer.from(value, "base64").toString("hex")}`) + modulus).toString(16);
      if (larger.length > 512) continue; // this signature does not fit into 2048 bits
      tried++;
      const sent = edited(text, value, Buffer.from(larger.padStart(512, "0"), "hex").toString("base64"));
      expect(judge(sent)).toEqual({ ok: false, reason: "signature-differs" });
    }
    const { text } = message();
    const longer = Buffer.concat([Buffer.alloc(1), Buffer.from(signatureIn(text), "base64")]).toString("base64");
    expect(judge(edited(text, signatureIn(text), longer))).toEqual({ ok: false, reason: "signature-differs" });
  });
});

const modulusOf = (spki: Uint8Array): string =>
  createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }).export({ format: "jwk" }).n ?? "";

it("two kinds of reason go to the audit", () => {
  expect((["too-old", "expired", "created-in-future", "misplaced"] as const).map(proofReason)).toEqual([
    ...["proof-stale", "proof-stale", "proof-stale", "proof-malformed"],
  ]);
});

it("a message is judged by the host it came to", () => {
  const bytes = new TextEncoder().encode(message({ to: TO }).text);
  expect(verifyTokenRequest(bytes, { host: "web.fabrikam.test", now: NOW })).toEqual({
    ok: false,
    reason: "another-host",
  });
});
