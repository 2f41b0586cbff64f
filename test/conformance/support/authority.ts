// The organisation's authority as tests have it: the receiver of examples/authority as a process of its own, and before
// it a server that can misbehave in its place.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PROJECT } from "../../../local/bundle.ts";

export const SECRET = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;

/** What happens to a question: the receiver gets it, or something else happens in its place. */
export type Manners = "answers" | "hangs" | "redirects" | "is-large" | "talks-nonsense" | "fails" | "dribbles";

/** A question as it came. */
export type Asked = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly at: number;
  /** The status of the answer; 0 while there is none. */
  status: number;
};

export type TestAuthority = {
  readonly url: string;
  /** What happens to questions about the phones of an account. Who is not in it gets an answer. */
  readonly manners: Map<string, Manners>;
  readonly asked: Asked[];
  /** Adds to the receiver's file. Each row: a user's UPN, and the words. */
  readonly says: (rows: Readonly<Record<string, string>>) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts both. `folder`: where the receiver's file is. `secret`: the receiver's. */
export async function startAuthority(folder: string, secret = SECRET): Promise<TestAuthority> {
  const file = join(folder, "devices.csv");
  const said: Record<string, string> = {};
  const write = (rows: Readonly<Record<string, string>>) => {
    Object.assign(said, rows);
    return writeFile(file, ["user,words", ...Object.entries(said).map((row) => row.join(","))].join("\n"));
  };
  await write({});
  const receiver = spawn(
    process.execPath,
    [join(PROJECT, "examples/authority/receiver.mjs"), "--devices", file, "--port", "0", "--holds", "300"],
    { env: { ...process.env, AUTHORITY_SECRETS: secret }, stdio: ["ignore", "pipe", "inherit"] },
  );
  const behind = await listening(receiver);
  const asked: Asked[] = [];
  const manners = new Map<string, Manners>();
  // Node's default would end an idle connection at the moment at which the other side uses it again.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    void serve(request, response, behind, manners, asked);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/postern`,
    manners,
    asked,
    says: write,
    stop: async () => {
      receiver.kill();
      server.closeAllConnections();
      server.close();
    },
  };
}

async function listening({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error("the receiver has no output");
  for await (const line of createInterface(stdout)) {
    const { listening: url } = JSON.parse(line) as { readonly listening?: string };
    if (url === undefined) continue;
    stdout.resume(); // nobody reads on, and a full pipe would stop it
    return url;
  }
  throw new Error("the receiver ended");
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  behind: string,
  manners: ReadonlyMap<string, Manners>,
  asked: Asked[],
): Promise<void> {
  const body = (await request.toArray()).join("");
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const question: Asked = { headers, body, at: Date.now(), status: 0 };
  asked.push(question);
  const account = /"sip:([^"@]+)@/.exec(body)?.[1] ?? "";
  switch (manners.get(account) ?? "answers") {
    case "hangs":
      return;
    case "redirects":
      response.writeHead(307, { location: `${behind}/` }).end();
      return;
    case "is-large":
      response.writeHead(200, { "content-type": "application/json" });
      response.end(`{"words":["compliant"],"more":"${"x".repeat(10_000_000)}"}`);
      return;
    case "dribbles":
      // One byte now and then, for longer than Postern waits.
      response.writeHead(200, { "content-type": "application/json" }).write("{");
      return;
    case "talks-nonsense":
      response.writeHead(200).end("<html>Sign in</html>");
      return;
    case "fails":
      response.writeHead(500).end();
      return;
    case "answers": {
      const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
      const signed = Object.fromEntries(names.map((name) => [name, headers[name] ?? ""]));
      const answer = await fetch(behind, { method: "POST", headers: signed, body });
      question.status = answer.status;
      response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
    }
  }
}
