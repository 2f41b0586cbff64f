import { describe, expect, it } from "vitest";
import { der, derBits, derOid, TAG } from "../../../simulator/der.ts";
import { alice, certificateFor, judge, madeUpKey, message } from "../../../test/kit/proof.ts";
import { fromBase64 } from "./base64.ts";
import { fieldsOfCertificate, readPublicKey } from "./public-key.ts";

const RSA = derOid("1.2.840.113549.1.1.1");
const NULL = der(TAG.null);
const integer = (...bytes: readonly number[]): Uint8Array => der(TAG.integer, Buffer.from(bytes));
const MODULUS = der(TAG.integer, Buffer.from([0]), Buffer.alloc(256, 0xd5));
const EXPONENT = integer(1, 0, 1);
const numbers = (...parts: readonly Uint8Array[]): Uint8Array => derBits(der(TAG.sequence, ...parts));
const spki = (algorithm: readonly Uint8Array[], ...rest: readonly Uint8Array[]): Uint8Array =>
  der(TAG.sequence, der(TAG.sequence, ...algorithm), ...rest);
const reasonOf = (key: Uint8Array): string => {
  const read = readPublicKey(key);
  return read.ok ? "good" : read.reason;
};

describe("a SubjectPublicKeyInfo", () => {
  it("is read where it is as RFC 3279 says", () => {
    expect(reasonOf(spki([RSA, NULL], numbers(MODULUS, EXPONENT)))).toBe("good");
    expect(reasonOf(alice.key.spki)).toBe("good");
    for (const bits of [1024, 2048, 4096]) expect(reasonOf(madeUpKey(bits))).toBe("good");
    for (const bits of [1016, 4104]) expect(reasonOf(madeUpKey(bits))).toBe("key-size");
  });

  it("is refused where it is anything else", () => {
    const good = numbers(MODULUS, EXPONENT);
    const others: readonly (readonly [string, Uint8Array])[] = [
      ["not-rsa", spki([RSA], good)],
      ["not-rsa", spki([RSA, der(TAG.sequence)], good)],
      ["not-rsa", spki([RSA, der(TAG.null, Buffer.from([0]))], good)],
      ["not-rsa", spki([RSA, NULL, NULL], good)],
      ["not-rsa", spki([derOid("1.2.840.113549.1.1.10"), NULL], good)],
      ["bad-certificate", spki([RSA, NULL], der(TAG.octetString, good.subarray(4)))],
      ["bad-certificate", spki([RSA, NULL], good, NULL)],
      [
        "bad-certificate",
        spki([RSA, NULL], der(TAG.bitString, Buffer.from([1]), der(TAG.sequence, MODULUS, EXPONENT))),
      ],
      ["bad-certificate", spki([RSA, NULL], numbers(MODULUS))],
      ["bad-certificate", spki([RSA, NULL], numbers(MODULUS, EXPONENT, EXPONENT))],
      ["bad-certificate", spki([RSA, NULL], numbers(MODULUS, der(TAG.octetString, Buffer.from([3]))))],
      ["bad-certificate", spki([RSA, NULL], numbers(der(TAG.integer, Buffer.alloc(256, 0xd5)), EXPONENT))],
      ["bad-certificate", spki([RSA, NULL], numbers(der(TAG.integer, Buffer.alloc(257)), EXPONENT))],
      ["bad-certificate", spki([RSA, NULL], numbers(MODULUS, integer(0, 3)))],
      ["bad-certificate", new Uint8Array()],
      ["bad-certificate", spki([RSA, NULL])],
      ["bad-certificate", spki([RSA, NULL], derBits(der(TAG.sequence, Buffer.from([2, 9]))))],
      ["not-rsa", spki([Buffer.from([6, 9])], good)],
      ["bad-certificate", der(TAG.sequence)],
      ["not-rsa", spki([], good)],
      ["not-rsa", spki([der(TAG.octetString, RSA.subarray(2)), NULL], good)],
    ];
    for (const [n, [reason, key]] of others.entries()) expect([n, reasonOf(key)]).toEqual([n, reason]);
  });
});

describe("the numbers of a key", () => {
  const exponent = (...bytes: readonly number[]): string =>
    reasonOf(spki([RSA, NULL], numbers(MODULUS, integer(...bytes))));

  it("may have an exponent from 3 to 32 bits", () => {
    expect([exponent(3), exponent(0x7f), exponent(0x7f, 0, 0, 1), exponent(0, 0x81)]).toEqual(Array(4).fill("good"));
    expect([exponent(1), exponent(1, 0, 0, 0, 1), exponent(0x80, 1)]).toEqual([
      ...["key-exponent", "key-exponent", "bad-certificate"],
    ]);
  });

  it("are the same without the zero that keeps them positive", () => {
    const smallest = der(TAG.integer, Buffer.from([0, 0x80]), Buffer.alloc(255, 1));
    const read = readPublicKey(spki([RSA, NULL], numbers(smallest, EXPONENT)));
    expect(read).toMatchObject({ ok: true, value: { modulus: `80${"01".repeat(255)}`, exponent: "010001" } });
  });
});

describe("a certificate", () => {
  const empty = der(TAG.sequence);
  const fields = [integer(1), empty, empty, empty, empty, alice.key.spki];
  const certificate = (info: readonly Uint8Array[], ...rest: readonly Uint8Array[]) =>
    fieldsOfCertificate(der(TAG.sequence, der(TAG.sequence, ...info), ...rest)) !== undefined;
  const signature = derBits(Buffer.from([0]));

  it("has its fields in their places", () => {
    expect(certificate(fields, empty, signature)).toBe(true);
    for (const position of fields.keys()) {
      expect(certificate(fields.with(position, NULL), empty, signature), `field ${position}`).toBe(false);
      expect(certificate(fields.slice(0, position), empty, signature)).toBe(false);
    }
    expect(certificate(fields, NULL, signature)).toBe(false);
    expect(certificate(fields, empty, NULL)).toBe(false);
    expect(certificate(fields, empty, signature, NULL)).toBe(false);
    expect(fieldsOfCertificate(der(TAG.sequence, NULL, empty, signature))).toBeUndefined();
  });

  it("has all its parts", () => {
    expect(fieldsOfCertificate(der(TAG.sequence))).toBeUndefined();
    expect(certificate(fields)).toBe(false);
    expect(certificate(fields, empty)).toBe(false);
    expect(certificate([Buffer.from([0x30, 5])], empty, signature)).toBe(false);
  });

  it("hints at its owner by the one common name of its subject", () => {
    const text = (value: string) => der(0x0c, Buffer.from(value));
    const attribute = (...parts: readonly Uint8Array[]) => der(0x31, der(TAG.sequence, ...parts));
    const [commonName, organization] = [derOid("2.5.4.3"), derOid("2.5.4.10")];
    const nameOf = (...subject: readonly Uint8Array[]) => {
      const info = der(TAG.sequence, ...fields.slice(0, 4), der(TAG.sequence, ...subject), alice.key.spki);
      const whole = Buffer.from(der(TAG.sequence, info, empty, signature)).toString("base64");
      const judged = judge(message({ certificate: whole }).text);
      return judged.ok ? judged.value.certificateName : judged.reason;
    };
    const bob = attribute(commonName, text("bob"));
    expect(nameOf(bob)).toBe("bob");
    expect(nameOf(attribute(organization, text("Contoso")), bob)).toBe("bob");
    for (const subject of [
      ...[[], [bob, bob], [attribute(organization, text("Contoso"))], [attribute(commonName)], [attribute()]],
      [attribute(der(TAG.octetString, commonName.subarray(2)), text("bob"))],
      [attribute(commonName, der(TAG.sequence, text("bob")))],
      [der(0x31)],
      [attribute(commonName, der(0x0c, Buffer.from([0x62, 0xff])))],
      ...[
        [Buffer.from([0x31, 5])],
        [der(0x31, Buffer.from([0x30, 5]))],
        [der(0x31, der(TAG.sequence, Buffer.from([6, 9])))],
      ],
    ]) {
      expect(nameOf(...subject)).toBeUndefined();
    }
    expect(nameOf(attribute(commonName, der(0x0c, Buffer.from("\ufeffbob"))))).toBe("\ufeffbob");
  });

  it("hints at its owner only where it has one name that is text", () => {
    const nameOf = (base64: string) => {
      const judged = judge(message({ certificate: base64 }).text);
      return judged.ok ? judged.value.certificateName : judged.reason;
    };
    const good = certificateFor(alice.key.spki);
    expect(nameOf(good)).toBe("alice@contoso.test");
    const name = Buffer.from("alice@contoso.test");
    const withTag = (tag: number): string => {
      const bytes = Buffer.from(good, "base64");
      const at = bytes.lastIndexOf(name);
      bytes[at - 2] = tag;
      return bytes.toString("base64");
    };
    expect([0x13, 0x16, 0x0c].map((tag) => nameOf(withTag(tag)))).toEqual(Array(3).fill("alice@contoso.test"));
    expect(nameOf(withTag(0x1e))).toBeUndefined(); // BMPString has two bytes for each character
    const broken = Buffer.from(good, "base64");
    broken[broken.lastIndexOf(name)] = 0xff;
    expect(nameOf(broken.toString("base64"))).toBeUndefined();
  });
});

it("reads base64 that is exact, of at most so many bytes", () => {
  expect(fromBase64(" AA\r\n==\t", 3)).toEqual(new Uint8Array([0]));
  expect(fromBase64(`${" ".repeat(2)}AA==`, 2)).toEqual(new Uint8Array([0]));
  for (const text of ["AB==", "AA=", "AA", "A===", "AA==AA==", "AAAA", " ", "", `${" ".repeat(3)}AA==`]) {
    expect(fromBase64(text, 2), text).toBeUndefined();
  }
  expect(fromBase64(undefined, 2)).toBeUndefined();
});
