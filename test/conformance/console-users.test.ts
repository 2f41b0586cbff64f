// The pages of users, walked over HTTP as each role may.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConsoleUser, consoleAs } from "../kit/gateway/console.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

let gateway: TestGateway;
let [viewer, helpdesk, admin]: ConsoleUser[] = [];
beforeAll(async () => {
  gateway = await startTestGateway();
  viewer = await consoleAs(gateway, "viewer");
  helpdesk = await consoleAs(gateway, "helpdesk");
  admin = await consoleAs(gateway, "admin");
});
afterAll(() => gateway?.stop());

describe("somebody who is signed in", () => {
  it("sees the overview", async () => {
    for (const user of [viewer, helpdesk, admin]) expect((await user?.get("/"))?.status).toBe(200);
  });
});
