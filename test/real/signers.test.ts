// Signed token requests of signers that nobody here wrote. What they sign, Postern's verifier and the simulated Front-End both
// accept; what is changed afterwards, both refuse.

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CertificateAuthority } from "../../simulator/certificate-authority.ts";
import { makeDeviceKey } from "../../simulator/signing-client.ts";
import { verifyTokenRequest } from "../../src/core/proof/verify.ts";
import { describeClient } from "./requirements.ts";
import { SIGNERS, type SigningFiles, writeSigningFiles } from "./signers/signers.ts";

const HOST = "web.contoso.test";
const device = makeDeviceKey();
const authority = new CertificateAuthority("Communications Server", Date.now());
const { der } = authority.issue("alice@contoso.test", { publicKey: device.spki }, Date.now());
const keyHash = createHash("sha256").update(device.spki).digest("hex");

let files: SigningFiles;

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "postern-signers-"));
  files = writeSigningFiles(folder, device, Buffer.from(der).toString("base64"));
});
afterAll(() => rmSync(files.folder, { recursive: true }));

const verify = (message: string) =>
  verifyTokenRequest(new TextEncoder().encode(message), { host: HOST, now: Date.now() });

for (const signer of SIGNERS) {
  describeClient(`S-41: ${signer.name}`, signer.needs, () => {
    beforeAll(() => signer.prepare?.(files));

    it.each(signer.orders)("signs with $hash: $parts", (order) => {
      const message = signer.sign(order, files);
      const verified = verify(message);
      expect(verified).toMatchObject({ ok: true, value: { keyHash, signed: new Set(order.parts) } });

      const later = message.replace(/(?<=Expires>)\d{4}/, (year) => `${Number(year) + 1}`);
      expect(verify(later)).toEqual({ ok: false, reason: "digest-differs" });
      const changed = message.replace(/(?<=SignatureValue>\s*)[A-Za-z]/, (letter) => (letter === "A" ? "B" : "A"));
      expect(verify(changed)).toEqual({ ok: false, reason: "signature-differs" });
      const otherBody = verify(message.replace("CertProvisioningService", "OtherService"));
      expect(otherBody.ok ? "good" : otherBody.reason).toBe(order.parts.includes("body") ? "digest-differs" : "good");
    });
  });
}
