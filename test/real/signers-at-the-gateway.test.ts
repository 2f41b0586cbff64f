// One request of each signer that others wrote, sent as a desktop would send it: through the started gateway to the
// simulated Front-End (S-41).

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { certified, signed } from "../conformance/support/certified.ts";
import { startTestGateway, type TestGateway } from "../conformance/support/gateway.ts";
import { describeClient } from "./requirements.ts";
import { SIGNERS, type SigningFiles, writeSigningFiles } from "./signers/signers.ts";

let gateway: TestGateway;
let files: SigningFiles;

beforeAll(async () => {
  gateway = await startTestGateway({ variables: { CERTIFICATE_TICKETS: "on" } });
  const desktop = await certified(gateway, gateway.atDesk.alice, "{0b7cd3a2-0000-4000-8000-00000000000d}");
  const folder = mkdtempSync(join(tmpdir(), "postern-signers-"));
  files = writeSigningFiles(folder, desktop.key, desktop.certificate);
});
afterAll(async () => {
  rmSync(files.folder, { recursive: true });
  await gateway.stop();
});

for (const { name, needs, orders, prepare, sign } of SIGNERS) {
  describeClient(name, needs, () => {
    beforeAll(() => prepare?.(files));

    it("S-41: gets a ticket at the gateway with what it signs, and with the same once more it gets none", async () => {
      // The request with the most signed parts.
      const [order] = orders.toSorted((a, b) => b.parts.length - a.parts.length);
      if (order === undefined) throw new Error("nothing to sign");
      const message = sign(order, files);
      const { certificateSignOns, requests } = await gateway.arrivals(async () => {
        const statuses = [await gateway.send(signed(message)), await gateway.send(signed(message))].map(
          ({ status }) => status,
        );
        expect(statuses).toEqual([200, 500]);
      });
      expect(certificateSignOns).toMatchObject([{ user: "sip:alice@contoso.test" }]);
      expect(requests).toHaveLength(1);
    });
  });
}
