// The sign-in client against a gateway, in a Node as an operator has it, and against a network that fails.

import { execFile } from "node:child_process";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../test/conformance/support/gateway.ts";
import { signInOnce } from "./sign-in.ts";

const STAGES = ["discovery", "offer", "challenge", "sign-in", "own-discovery"];
const soon = () => AbortSignal.timeout(120_000);

describe("at a gateway", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway?.stop());

  const signIn = (password: string, account = "CONTOSO\\alice", host = "lyncdiscover.contoso.test") =>
    signInOnce({ gateway: new URL(gateway.gateway), host, account, password, signal: soon() });

  it.each([
    ["CONTOSO\\alice", "lyncdiscover.contoso.test"],
    ["alice@contoso.test", "web.contoso.test"],
  ])("%s signs in by way of %s, and each stage has its time", async (account, host) => {
    const outcome = await signIn(gateway.alice.password, account, host);
    expect(outcome).toMatchObject({ ok: true, ticket: { kind: "compact" } });
    expect(Object.keys(outcome.timings)).toEqual(STAGES);
  });

  it("is refused with a wrong password at the sign-in, with the request's id", async () => {
    const outcome = await signIn("wrong");
    expect(outcome).toMatchObject({ ok: false, at: "sign-in", reason: "refused", status: 401 });
    expect(JSON.stringify(outcome)).toMatch(/"requestId":"[0-9a-f-]{36}"/);
  });

  it("signs in from a Node without the legacy digests", async () => {
    const file = join(import.meta.dirname, "sign-in.ts");
    const program = `const { signInOnce } = await import(${JSON.stringify(file)});
      const password = process.env.PROBE;
      const signal = AbortSignal.timeout(120_000);
      const gateway = new URL(${JSON.stringify(gateway.gateway)});
      const how = { gateway, host: "web.contoso.test", account: "CONTOSO\\\\alice", password, signal };
      console.log(JSON.stringify(await signInOnce(how)));`;
    const env = { PATH: process.env.PATH, PROBE: gateway.alice.password };
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], { env });
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  });
});

describe("at a network that fails", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });
  const at = async (listener: RequestListener) => {
    server = createServer(listener);
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  };
  const outcomeAt = (gateway: URL, signal = soon()) =>
    signInOnce({ gateway, host: "web.contoso.test", account: "a", password: "b", signal });

  it("says that nobody answers", async () => {
    const gateway = await at(() => undefined);
    server?.close();
    const { timings, ...outcome } = await outcomeAt(gateway);
    expect(outcome).toEqual({ ok: false, at: "discovery", reason: "unreachable", code: "ECONNREFUSED" });
  });

  it("says that there is no such name", async () => {
    expect(await outcomeAt(new URL("http://nowhere.invalid"))).toMatchObject({ reason: "no-such-name" });
  });

  it("says that it waited too long", async () => {
    const gateway = await at(() => undefined);
    expect(await outcomeAt(gateway, AbortSignal.timeout(50))).toMatchObject({ at: "discovery", reason: "timeout" });
  });

  it("says that a plain server is no TLS server", async () => {
    const { port } = await at(() => undefined);
    expect(await outcomeAt(new URL(`https://127.0.0.1:${port}`))).toMatchObject({ reason: "certificate" });
  });

  it("reads no answer without end", async () => {
    const gateway = await at((_, response) => response.end(Buffer.alloc(100_000)));
    expect(await outcomeAt(gateway)).toMatchObject({ at: "discovery", reason: "too-long" });
  });
});
