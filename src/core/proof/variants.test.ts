import { describe, expect, it } from "vitest";
import { judge } from "../../../test/kit/proof.ts";
import type { Variant } from "../../../test/kit/proof-edits.ts";
import { MISBUILT, MISWRITTEN, WRAPPED } from "../../../test/kit/proof-variants-message.ts";
import { BAD_KEYS, BAD_SIGNATURES, BAD_TIMES } from "../../../test/kit/proof-variants-signature.ts";
import type { ProofFault } from "./faults.ts";

const VARIANTS: readonly Variant[] = [
  ...WRAPPED,
  ...MISBUILT,
  ...MISWRITTEN,
  ...BAD_KEYS,
  ...BAD_SIGNATURES,
  ...BAD_TIMES,
];

describe("a signed token request is refused", () => {
  it.each(VARIANTS)("with %s: %s", (_, fault, sent) => {
    expect(judge(sent())).toEqual({ ok: false, reason: fault });
  });
});

/** The compiler checks that no fault is missing here. */
const FAULTS: Readonly<Record<ProofFault, true>> = {
  "too-large": true,
  "not-utf-8": true,
  "not-xml": true,
  "xml-version": true,
  "xml-encoding": true,
  doctype: true,
  comment: true,
  "processing-instruction": true,
  cdata: true,
  "too-many-elements": true,
  "too-deep": true,
  "too-many-attributes": true,
  "too-many-prefixes": true,
  "not-soap": true,
  "stray-text": true,
  "not-one-request": true,
  "not-one-security": true,
  "security-addressed": true,
  "security-content": true,
  "not-one-timestamp": true,
  "not-one-token": true,
  "not-one-signature": true,
  "several-to": true,
  misplaced: true,
  "bad-id": true,
  "signature-content": true,
  "signed-info-content": true,
  canonicalization: true,
  "signature-algorithm": true,
  "reference-count": true,
  "reference-content": true,
  "reference-uri": true,
  transforms: true,
  "digest-algorithm": true,
  "bad-base64": true,
  "key-reference": true,
  "reference-target": true,
  "reference-repeated": true,
  "timestamp-not-signed": true,
  "digest-differs": true,
  "token-type": true,
  "bad-certificate": true,
  "not-rsa": true,
  "key-size": true,
  "key-exponent": true,
  "another-host": true,
  "name-not-ascii": true,
  "repeated-id": true,
  "signature-differs": true,
  "timestamp-content": true,
  "expires-before-created": true,
  "created-in-future": true,
  "too-old": true,
  expired: true,
};

it("for every reason that there is, there is a message that is refused for it", () => {
  const tested = new Set(VARIANTS.map(([, fault]) => fault));
  expect([...tested].sort()).toEqual(Object.keys(FAULTS).sort());
});
