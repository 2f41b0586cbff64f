// The command as a process of its own, as a shell starts it: what its exit codes are when a target cannot be reached,
// and how it follows the audit until Ctrl-C.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";

const COMMAND = join(import.meta.dirname, "../../cli/main.ts");
let gateway: TestGateway;
let token = "";
let proxy: Awaited<ReturnType<typeof toAdminHost>>;
beforeAll(async () => {
  gateway = await startTestGateway();
  token = ((await operator(gateway, "token", "create", "tests", "--scope", "read")) as { token: string }).token;
  proxy = await toAdminHost();
});
afterAll(async () => {
  proxy?.server.close();
  await gateway?.stop();
});

/** The gateway at an address of its own: a request here goes to the admin host. */
async function toAdminHost() {
  const server = createServer(async (request, response) => {
    const { authorization = "" } = request.headers;
    const path = request.url ?? "/";
    const asked = gateway.send({ host: gateway.adminHost, path, headers: { authorization } });
    const answer = await asked.catch(() => undefined); // a reader who left, or a gateway that stopped
    if (answer === undefined) return response.destroy();
    response.writeHead(answer.status, { "content-type": answer.headers["content-type"] ?? "text/plain" });
    response.end(answer.bytes);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const start = (argv: readonly string[], env: Readonly<Record<string, string>>) =>
  spawn(process.execPath, [COMMAND, ...argv], { env: { PATH: process.env.PATH, HOME: gateway.home, ...env } });

async function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = start(argv, env);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code: Number(code), out, err };
}

describe("S-49: a target that cannot be asked", () => {
  it("is a fault with an exit code and one sentence, and no answer", async () => {
    const at = (url: string, secret = token) => ({ POSTERN_URL: url, POSTERN_TOKEN: secret });
    const wrong = `${token.slice(0, -1)}${token.endsWith("A") ? "E" : "A"}`;
    const cases = [
      [2, 'there is no target "nowhere"', ["--target", "nowhere"], {}],
      [1, "does not answer", [], at("https://127.0.0.1:9")],
      [1, "does not accept the token", [], at(proxy.url, wrong)],
      [2, "is not the address", [], at("http://postern.contoso.test")],
      [2, "is not the address", [], at("http://127.0.0.1.contoso.test")],
      [2, "POSTERN_TOKEN is not set", [], at(proxy.url, "")],
    ] as const;
    for (const [code, said, more, env] of cases) {
      const ended = await run(["health", ...more], env);
      expect([ended.code, ended.out, ended.err]).toEqual([code, "", expect.stringContaining(said)]);
      expect(ended.err).not.toMatch(/pt_| at .*\.ts:/);
    }
    expect((await run(["whoami"], at(proxy.url))).code).toBe(0);
  }, 120_000);
});

it("S-49: audit --follow writes each event once, and Ctrl-C ends it without a word", async () => {
  const child = start(["audit", "--follow", "--json"], { POSTERN_URL: proxy.url, POSTERN_TOKEN: token });
  const complaint = text(child.stderr);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const whys = () =>
    lines.map((line) => /(?:begin|event|end) \d+/.exec((JSON.parse(line) as { why: string | null }).why ?? "")?.[0]);
  const clear = (why: string) => operator(gateway, "lock", "clear", "203.0.113.9", "--why", why);
  let begun = 0;
  // The first question says where following begins. So events are made until the first of them comes.
  await expect
    .poll(
      async () => {
        if (lines.length === 0) await clear(`begin ${++begun}`);
        return lines.length;
      },
      { timeout: 120_000, interval: 1_000 },
    )
    .toBeGreaterThan(0);
  const each = Array.from({ length: 12 }, (_, at) => `event ${at}`);
  for (const why of each) await clear(why);
  const found = () => whys().filter((why) => why?.startsWith("event ")).length;
  await expect.poll(found, { timeout: 120_000 }).toBeGreaterThanOrEqual(each.length);
  await clear("end 0");
  // Other events may come meanwhile, such as one of the hour.
  await expect.poll(() => whys().includes("end 0"), { timeout: 120_000 }).toBe(true);
  expect(whys().filter((why) => why?.startsWith("event "))).toEqual(each);
  child.kill("SIGINT");
  const [code, signal] = await once(child, "exit");
  expect([code ?? signal, await complaint]).toEqual(["SIGINT", ""]);
}, 240_000);
