// Token requests that were signed by programs of others. Postern's verifier and the simulated Front-End accept what
// these sign. Both refuse it when it was changed afterwards.

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fetchCertificate } from "../../simulator/certificate-client.ts";
import { makeDeviceKey } from "../../simulator/signing-client.ts";
import { demoUsers, type Simulator, startSimulator } from "../../simulator/simulator.ts";
import { SOAP_HEADERS, send } from "../../simulator/test-client.ts";
import { verifyTokenRequest } from "../../src/core/proof/verify.ts";
import { describeClient } from "./requirements.ts";
import { SIGNERS, type SigningFiles, writeSigningFiles } from "./signers/signers.ts";

const HOST = "web.contoso.test";
const device = makeDeviceKey();
const keyHash = createHash("sha256").update(device.spki).digest("hex");

let files: SigningFiles;
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ users: demoUsers });
  const certificate = await fetchCertificate(simulator, "alice@contoso.test", device);
  const folder = mkdtempSync(join(tmpdir(), "postern-signers-"));
  files = writeSigningFiles(folder, device, certificate);
});
afterAll(async () => {
  rmSync(files.folder, { recursive: true });
  await simulator.stop();
});

const verify = (message: string) =>
  verifyTokenRequest(new TextEncoder().encode(message), { host: HOST, now: Date.now() });
const statusAtFrontEnd = async (body: string): Promise<number> => {
  const path = "/WebTicket/WebTicketService.svc/Cert";
  return (await send(simulator, { path, method: "POST", headers: SOAP_HEADERS, body })).status;
};

for (const signer of SIGNERS) {
  describeClient(`${signer.name}`, signer.needs, () => {
    beforeAll(() => signer.prepare?.(files));

    it.each(signer.orders)("signs with $hash: $parts", async (order) => {
      const message = signer.sign(order, files);
      const verified = verify(message);
      expect(verified).toMatchObject({ ok: true, value: { keyHash, signed: new Set(order.parts) } });

      const later = message.replace(/(?<=Expires>)\d{4}/, (year) => `${Number(year) + 1}`);
      expect(verify(later)).toEqual({ ok: false, reason: "digest-differs" });
      expect([await statusAtFrontEnd(message), await statusAtFrontEnd(later)]).toEqual([200, 500]);
      const changed = message.replace(/(?<=SignatureValue>\s*)[A-Za-z0-9+/]/, (letter) => (letter === "A" ? "B" : "A"));
      expect(verify(changed)).toEqual({ ok: false, reason: "signature-differs" });
      const otherBody = verify(message.replace("CertProvisioningService", "OtherService"));
      expect(otherBody.ok ? "good" : otherBody.reason).toBe(order.parts.includes("body") ? "digest-differs" : "good");
    });
  });
}
