import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CertificateAuthority, readCertificateRequest } from "../../../simulator/certificate-authority.ts";
import { der, derBits, derOid, TAG } from "../../../simulator/der.ts";
import { makeDeviceKey, pkcs10For, X509_V3 } from "../../../simulator/signing-client.ts";
import { sipeCertificateRequest } from "../../../simulator/sipe-client.ts";
import { curveKey, edited, madeUpKey } from "../../../test/kit/proof.ts";
import { readIssuedCertificate, readRequestedKey, sameKey } from "./issued-certificate.ts";

const NOW = Date.UTC(2026, 10, 27, 9, 30);
const GENERALIZED_TIME = 0x18;
const DAY = 24 * 3_600_000;
const SERVICES = "http://schemas.microsoft.com/OCS/AuthWebServices/";
const WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

const authority = new CertificateAuthority("Communications Server", NOW);
const device = makeDeviceKey();

const requestWith = (pkcs10: string): string =>
  sipeCertificateRequest({ security: "", entity: "alice@contoso.test", deviceId: "{1}", pkcs10 });
const request = requestWith(pkcs10For(device));

/** The Front-End's answer, as simulator/cert-prov.ts writes it. */
const answerWith = (certificate: Uint8Array): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><GetAndPublishCertResponse xmlns="${SERVICES}">` +
  `<RequestedSecurityToken><BinarySecurityToken xmlns="${WSSE}" ValueType="${X509_V3}">` +
  `${Buffer.from(certificate).toString("base64")}</BinarySecurityToken></RequestedSecurityToken>` +
  "</GetAndPublishCertResponse></s:Body></s:Envelope>";

const issued = (spki: Uint8Array, now = NOW) => authority.issue("alice@contoso.test", { publicKey: spki }, now).der;
const keyIn = (spki: Uint8Array) => {
  const read = readIssuedCertificate(answerWith(issued(spki)));
  if (!read.ok) throw new Error(read.reason);
  return read.value.key;
};
const hashOf = (spki: Uint8Array): string => createHash("sha256").update(spki).digest("hex");

describe("the certificate that a Front-End issues", () => {
  it("tells the hash of the key as it stands there, and when it ends", () => {
    const certificate = issued(device.spki);
    const read = readIssuedCertificate(answerWith(certificate));
    expect(read).toMatchObject({ ok: true, value: { key: { hash: hashOf(device.spki) }, endsAt: NOW + 180 * DAY } });
  });

  it("may end after 2049, which is written in another way, and may have no version", () => {
    const time = (tag: number, text: string): Uint8Array => der(tag, Buffer.from(text));
    const ending = (end: Uint8Array) => {
      const validity = der(TAG.sequence, time(TAG.utcTime, "261127000000Z"), end);
      const [serial, empty] = [der(TAG.integer, Buffer.from([1])), der(TAG.sequence)];
      const info = der(TAG.sequence, serial, empty, empty, validity, empty, device.spki);
      const read = readIssuedCertificate(answerWith(der(TAG.sequence, info, empty, derBits(Buffer.from([0])))));
      return read.ok ? new Date(read.value.endsAt).toISOString() : read.reason;
    };
    expect(ending(time(GENERALIZED_TIME, "20510102030405Z"))).toBe("2051-01-02T03:04:05.000Z");
    expect(ending(time(TAG.utcTime, "491231235959Z"))).toBe("2049-12-31T23:59:59.000Z");
    expect(ending(time(TAG.utcTime, "501231235959Z"))).toBe("1950-12-31T23:59:59.000Z");
    for (const wrong of ["20511302030405Z", "510102030405Z", "20510102030405+01"]) {
      expect(ending(time(GENERALIZED_TIME, wrong))).toBe("not-read");
    }
    expect(ending(time(TAG.utcTime, "20510102030405Z"))).toBe("not-read");
  });

  it("is for the key in the client's request", () => {
    const asked = readRequestedKey(request);
    expect(asked).toMatchObject({ ok: true, value: { hash: hashOf(device.spki) } });
    expect(readCertificateRequest(Buffer.from(pkcs10For(device), "base64"))?.publicKey).toEqual(device.spki);
    if (!asked.ok) throw new Error(asked.reason);
    expect(sameKey(asked.value, keyIn(device.spki))).toBe(true);
    expect(sameKey(asked.value, keyIn(makeDeviceKey(1024).spki))).toBe(false);
  });

  it("is for the same key where the Front-End has encoded it in another way, and that is another hash", () => {
    const [asked, answered] = [keyIn(device.spki), keyIn(withLongLength(device.spki))];
    expect(sameKey(asked, answered)).toBe(true);
    expect(answered.hash).not.toBe(asked.hash);
  });

  it("is not read where it is not there, is there twice, or stands elsewhere", () => {
    const answer = answerWith(issued(device.spki));
    const token = /<BinarySecurityToken.*<\/BinarySecurityToken>/.exec(answer)?.[0] ?? "";
    const others = [
      ...["", "<x/>", "no xml", answer.slice(0, -1), edited(answer, token, ""), edited(answer, token, token + token)],
      ...[edited(answer, "#X509v3", "#PKCS7"), edited(answer, SERVICES, "urn:x"), edited(answer, ">MII", ">*MII")],
      edited(edited(answer, token, ""), "<s:Body>", `<s:Header>${token}</s:Header><s:Body>`),
      edited(answer, "</s:Body>", `<GetAndPublishCertResponse xmlns="${SERVICES}"/></s:Body>`),
      answerWith(issued(device.spki).subarray(0, -1)),
      answerWith(Buffer.concat([issued(device.spki), Buffer.from([5, 0])])),
    ];
    for (const each of others) expect(readIssuedCertificate(each)).toEqual({ ok: false, reason: "not-read" });
  });

  it("is not read from a token of another place, name or kind", () => {
    const answer = answerWith(issued(device.spki));
    const token = /<BinarySecurityToken.*<\/BinarySecurityToken>/.exec(answer)?.[0] ?? "";
    const others = [
      answer.replaceAll("s:Body", "s:Header"),
      edited(edited(answer, token, ""), "<s:Body>", `<s:Body><Other>${token}</Other>`),
      edited(answer, WSSE, "urn:x"),
      answer.replaceAll("BinarySecurityToken", "SecurityToken"),
      edited(answer, ` ValueType="${X509_V3}"`, ""),
    ];
    for (const each of others) expect(readIssuedCertificate(each)).toEqual({ ok: false, reason: "not-read" });
  });

  it("is read from the one operation of that name directly in the body, whatever else is there", () => {
    const answer = answerWith(issued(device.spki));
    const inside = edited(answer, "<RequestedSecurityToken>", "<GetAndPublishCertResponse/><RequestedSecurityToken>");
    const beside = edited(answer, "</s:Body>", `<Other xmlns="${SERVICES}"/></s:Body>`);
    expect([inside, beside].map((each) => readIssuedCertificate(each).ok)).toEqual([true, true]);
  });

  it("is read only where its validity has two instants", () => {
    const instant = (text: string): Uint8Array => der(TAG.utcTime, Buffer.from(text));
    const lasting = (...validity: readonly Uint8Array[]) => {
      const [serial, empty] = [der(TAG.integer, Buffer.from([1])), der(TAG.sequence)];
      const info = der(TAG.sequence, serial, empty, empty, der(TAG.sequence, ...validity), empty, device.spki);
      return readIssuedCertificate(answerWith(der(TAG.sequence, info, empty, derBits(Buffer.from([0]))))).ok;
    };
    const [from, to] = [instant("261127000000Z"), instant("270101000000Z")];
    const validities = [[from, to], [], [from], [from, to, to], [Buffer.from([0x17, 99])]];
    expect(validities.map((validity) => lasting(...validity))).toEqual([true, false, false, false, false]);
    expect(["x270101000000Z", "270101000000Z0"].map((text) => lasting(from, instant(text)))).toEqual([false, false]);
  });

  it("cannot prove a device where its key is not RSA of an accepted size", () => {
    for (const spki of [curveKey(), madeUpKey(512), madeUpKey(8192), madeUpKey(2048, [3, 0, 0, 0, 1])]) {
      expect(readIssuedCertificate(answerWith(issued(spki)))).toEqual({ ok: false, reason: "cannot-prove" });
    }
  });
});

describe("the key in a certificate request", () => {
  it("is not read from another message", () => {
    const pkcs10 = pkcs10For(device);
    const others = [
      ...["", edited(request, "#PKCS10", "#PKCS7"), edited(request, "GetAndPublishCert ", "GetCert "), "<a/>"],
      ...[requestWith("AAAA"), requestWith(pkcs10.slice(0, 40)), requestWith(`${pkcs10}AAAA`)],
      requestWith(Buffer.from(issued(device.spki)).toString("base64")),
    ];
    for (const each of others) expect(readRequestedKey(each)).toEqual({ ok: false, reason: "not-read" });
    const info = der(TAG.sequence, der(TAG.integer, Buffer.from([0])), der(TAG.sequence), curveKey(), der(0xa0));
    const curve = der(TAG.sequence, info, der(TAG.sequence, derOid("1.2.3")), derBits(Buffer.from([0])));
    const asked = readRequestedKey(requestWith(Buffer.from(curve).toString("base64")));
    expect(asked).toEqual({ ok: false, reason: "cannot-prove" });
  });
});

describe("a certificate request", () => {
  const [version, empty] = [der(TAG.integer, Buffer.from([0])), der(TAG.sequence)];
  const signature = derBits(Buffer.from([0]));
  const readOf = (...parts: readonly Uint8Array[]) =>
    readRequestedKey(requestWith(Buffer.from(der(TAG.sequence, ...parts)).toString("base64"))).ok;
  const info = (...fields: readonly Uint8Array[]): Uint8Array => der(TAG.sequence, ...fields);
  const good = info(version, empty, device.spki);

  it("has its three parts, and its fields in their places (RFC 2986 4)", () => {
    expect(readOf(good, empty, signature)).toBe(true);
    for (const parts of [[], [good], [good, empty], [good, empty, signature, empty]])
      expect(readOf(...parts)).toBe(false);
    expect(readOf(der(TAG.octetString, good.subarray(4)), empty, signature)).toBe(false);
    expect(readOf(info(Buffer.from([0x30, 5])), empty, signature)).toBe(false);
    for (const fields of [
      [],
      [version],
      [version, empty],
      [empty, empty, device.spki],
      [version, version, device.spki],
    ]) {
      expect(readOf(info(...fields), empty, signature)).toBe(false);
    }
    expect(readOf(info(version, empty, derBits(device.spki)), empty, signature)).toBe(false);
  });

  it("has the value type of a request, and nothing behind it", () => {
    expect(readRequestedKey(edited(request, "#PKCS10", "#PKCS10x"))).toEqual({ ok: false, reason: "not-read" });
  });

  it("is for one key where modulus and exponent are the same", () => {
    const key = keyIn(device.spki);
    expect(sameKey(key, { ...key, hash: "" })).toBe(true);
    expect(sameKey(key, { ...key, exponent: "03" })).toBe(false);
    expect(sameKey(key, { ...key, modulus: "03" })).toBe(false);
  });
});

/** The same key with the length of its first element written in one byte more than it takes. */
function withLongLength(spki: Uint8Array): Uint8Array {
  const inside = Buffer.from(spki).subarray(4);
  const [tag, length] = inside;
  if (tag !== TAG.sequence || length === undefined || length > 0x7f) throw new Error("not the key that was expected");
  return der(TAG.sequence, Buffer.from([tag, 0x81, length]), inside.subarray(2));
}
