// The attacks of the public tools (support/attacks.ts) at a gateway with the simulated sign-on. The same with a real
// directory behind it: test/real/ad.

import { afterAll, beforeAll } from "vitest";
import { declareAttacks } from "./support/attacks.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ onLog: () => {} });
});
afterAll(() => gateway?.stop());

declareAttacks(() => gateway);
