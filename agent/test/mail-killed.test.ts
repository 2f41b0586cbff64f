// The agent as a process, killed at every step of sending a mail, and started again. The relay here is one that a test
// can stop at a step; test/real/directory/agent-mail.test.ts has Debian's.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";

/**
 * Where the agent is killed: when the relay reads this, when the gateway is asked for this, or when it has answered.
 */
const STEPS = [
  ...(["take", "connect", "EHLO", "MAIL", "RCPT", "DATA", "text", "dot", "accepted", "end", "told"] as const),
] as const;
type Step = (typeof STEPS)[number];

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Is told of each step. True: the agent was killed at it. */
type At = (step: Step) => boolean;

/** A relay and a gateway that call `at` at each step, and what they have seen. */
async function outside(at: At) {
  const arrived: string[] = [];
  const waiting = new Set(["e_one/person", "e_two/person"]);
  const relay = createTcp((socket) => speak(socket, at, arrived));
  // Node's default would end an idle connection at the moment at which the other side uses it again.
  const gateway = createHttp({ keepAliveTimeout: 0 }, (request, response) => {
    void (async () => {
      const body = (await json(request)) as { ended?: { id: string; end: string }[] };
      const path = request.url ?? "";
      if (path.endsWith("/take")) at("take");
      if (path.endsWith("/end")) {
        for (const { id, end } of body.ended ?? []) if (end === "sent") waiting.delete(id);
        at("end");
      }
      const [status, said] = path.endsWith("/take")
        ? [200, { notices: [...waiting].map(noticeOf) }]
        : path.endsWith("/end")
          ? [200, { ended: 1 }]
          : [404, {}];
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(said));
      if (path.endsWith("/end")) at("told");
    })().catch(() => response.destroy());
  });
  return { arrived, waiting, relay: await listening(relay), gateway: await listening(gateway) };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const noticeOf = (id: string) => ({
  ...{ id, kind: "device-new", to: "alice@contoso.test", name: "Alice", language: "en", takes: 1 },
  ...{ facts: { at: "2026-11-27T12:00:00Z" }, createdAt: "2026-11-27T12:00:00Z" },
});

/**
 * Speaks SMTP (RFC 5321). A message counts when its last dot has come. Where the agent is killed, the relay reads no
 * further: what the agent had written by then may be in the socket already, or not, as fast as the machine is.
 */
function speak(socket: Socket, at: At, arrived: string[]): void {
  socket.on("error", () => undefined);
  let rest = "";
  let text: string | undefined;
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  if (at("connect")) return void socket.destroy();
  say("220 relay.test");
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    rest += chunk;
    for (let end = rest.indexOf("\r\n"); end >= 0; end = rest.indexOf("\r\n")) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (text !== undefined) {
        if (text === "" && at("text")) return void socket.destroy();
        if (line !== ".") {
          text += `${line}\n`;
          continue;
        }
        arrived.push(/^Message-ID: (.*)$/im.exec(text)?.[1] ?? "");
        text = undefined;
        if (at("dot")) return void socket.destroy();
        say("250 taken");
        at("accepted");
        continue;
      }
      const word = line.slice(0, 4).toUpperCase();
      if (STEPS.some((step) => step === word) && at(word as Step)) return void socket.destroy();
      if (word === "DATA") text = "";
      if (word === "QUIT") {
        socket.end("221 bye\r\n");
        return;
      }
      say(word === "DATA" ? "354 go on" : "250 ok");
    }
  });
}

/** The agent as a process. Everything but mail is away, and stays away. */
function agentProcess(folder: string, relay: number, gateway: number): ChildProcess {
  const secret = join(folder, "secret");
  writeFileSync(secret, "secret", { mode: 0o600 });
  const config = {
    gateway: { url: `http://127.0.0.1:${gateway}`, tokenFile: secret },
    directory: {
      domains: [{ servers: ["ldaps://127.0.0.1:9"], netbios: "X", bases: ["DC=corp,DC=test"] }],
      bind: { user: "x@x.test", passwordFile: secret },
    },
    mail: {
      ...{ relay: { host: "127.0.0.1", port: relay, tls: "none" }, from: { address: "postern@contoso.test" } },
      ...{ organisation: "Contoso", stateDir: join(folder, "state"), everySeconds: 5 },
    },
    listen: { port: 0 },
  };
  const file = join(folder, "config.json");
  writeFileSync(file, JSON.stringify(config));
  const main = join(import.meta.dirname, "../src/main.ts");
  const child = spawn(process.execPath, [main, "--config", file], { stdio: "ignore" });
  closers.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
  });
  return child;
}

const until = async (holds: () => boolean): Promise<void> => {
  for (let waited = 0; !holds(); waited += 50) {
    if (waited > 60_000) throw new Error("it did not come to that");
    await pause(50);
  }
};

describe("the agent, killed while it sends", () => {
  it.each(STEPS)(
    "S-57: at %s: nothing is lost, and nothing is sent twice that the relay has confirmed",
    async (step) => {
      let child: ChildProcess | undefined;
      let kills = 0;
      const seen = await outside((now) => {
        if (now !== step || kills > 0) return false;
        kills++;
        child?.kill("SIGKILL");
        return true;
      });
      const folder = mkdtempSync(join(tmpdir(), "postern-killed-"));
      child = agentProcess(folder, seen.relay, seen.gateway);
      const first = child;
      await until(() => first.signalCode !== null || first.exitCode !== null);
      expect(first.signalCode).toBe("SIGKILL");
      child = agentProcess(folder, seen.relay, seen.gateway);
      await until(() => seen.waiting.size === 0);
      const ids = new Set(seen.arrived);
      expect(ids.size).toBe(2);
      // Between the last dot and the relay's answer nobody can know. Then, and only then, it comes again: the same
      // message.
      const twice = seen.arrived.length - ids.size;
      if (step === "dot") expect(twice).toBe(1);
      else if (step === "accepted") expect(twice).toBeLessThanOrEqual(1);
      else expect(twice).toBe(0);
    },
  );
});
