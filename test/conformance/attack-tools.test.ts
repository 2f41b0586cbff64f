// The attacks of the public tools (support/attacks.ts), at a gateway with the simulated sign-on. test/real/ad runs the
// same attacks with a real directory behind the gateway.

import { afterAll, beforeAll } from "vitest";
import { declareAttacks } from "./support/attacks.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ onLog: () => {} });
});
afterAll(() => gateway?.stop());

declareAttacks(() => gateway);
