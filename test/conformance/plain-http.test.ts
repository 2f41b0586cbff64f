// A gateway that refuses http: whoever asks its API or its console without TLS gets what a host that is not there gets,
// with a right key and a live session too.

import { afterAll, beforeAll, expect, it } from "vitest";
import { consoleAs } from "../kit/gateway/console.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { shapeOf } from "./support/shape.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ variables: { PLAIN_HTTP: "refuse" } });
});
afterAll(() => gateway?.stop());

it("S-33: http opens neither the API nor the console, with a right key or session, and tells nothing", async () => {
  const nothing = shapeOf(await gateway.send({ host: "nobody.contoso.test", path: "/v1/users" }));
  expect(nothing.status).toBe(404);
  const authorization = `Bearer ${gateway.adminKey}`;
  for (const path of ["/v1/whoami", "/v1/users", "/v1/openapi.json", "/"]) {
    const answer = await gateway.send({ host: gateway.adminHost, path, headers: { authorization } });
    expect(shapeOf(answer), path).toEqual(nothing);
  }
  const admin = await consoleAs(gateway, "admin");
  for (const path of ["/", "/sign-in", "/users", "/favicon.ico"]) {
    expect(shapeOf(await admin.get(path)), path).toEqual(nothing);
  }
  expect(shapeOf(await admin.post("/users/add", { sipUri: "eve@contoso.test" }))).toEqual(nothing);
  expect(gateway.log.join("\n")).not.toContain(gateway.adminKey);
});
