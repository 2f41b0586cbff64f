import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { send } from "./wire.ts";

it("S-71: an answer that is cut off on the way is none", async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half", () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await send({ host: "web.contoso.test", path: "/" }, { scheme: "http", address: "127.0.0.1", port });
  expect(answer).toMatchObject({ kind: "silent", fault: "broken-off" });
  server.close();
});
