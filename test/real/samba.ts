// Samba's NTLM client behind a small HTTP adapter. `ntlm_auth --helper-protocol=ntlmssp-client-1` is a program that
// browsers on Linux once used. It makes the NTLM messages, and its caller transports them. Its authenticate message has
// parts that curl's and SIPE's lack: AV pairs 8 and 10, and a MIC.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";

/** An answer as Node's HTTP client gives it, body included. */
export interface HttpAnswer {
  readonly status: number;
  readonly challenge: string;
  readonly body: string;
}

/** What to send in each leg of a handshake. */
export interface NtlmRequest {
  readonly url: URL;
  /** Value of the Host header; the gateway chooses the published host by it. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Signs in to `request.url`. Returns the answer to the authenticate message, and that message. */
export async function postWithSamba(
  account: { user: string; domain: string; password: string },
  what: NtlmRequest,
): Promise<{ answer: HttpAnswer; authenticate: Uint8Array }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const samba = startNtlmAuth(account.user, account.domain);
  try {
    await samba.ask(`PW ${Buffer.from(account.password).toString("base64")}`);
    const negotiate = tokenOf(await samba.ask("YR"));
    const challenged = await post(what, agent, `NTLM ${negotiate}`);
    const authenticate = tokenOf(await samba.ask(`TT ${challenged.challenge.replace(/^NTLM /, "")}`));
    const answer = await post(what, agent, `NTLM ${authenticate}`);
    return { answer, authenticate: Buffer.from(authenticate, "base64") };
  } finally {
    samba.stop();
    agent.destroy();
  }
}

/** The helper protocol: one line to it, one line back ("YR token", "AF token", "OK", or "BH reason"). */
function startNtlmAuth(user: string, domain: string): { ask(line: string): Promise<string>; stop(): void } {
  const child: ChildProcessWithoutNullStreams = spawn("ntlm_auth", [
    "--helper-protocol=ntlmssp-client-1",
    `--username=${user}`,
    `--domain=${domain}`,
    "--configfile=/dev/null",
  ]);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error("ntlm_auth ended without an answer");
      return String(value);
    },
    stop: () => child.stdin.end(),
  };
}

function tokenOf(line: string): string {
  const [verb, token] = line.split(" ");
  if (token === undefined || !["YR", "KK", "AF"].includes(verb ?? "")) throw new Error(`ntlm_auth said: ${line}`);
  return token;
}

function post(what: NtlmRequest, agent: Agent, authorization: string): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { ...what.headers, Host: what.host, Authorization: authorization };
    const outgoing = request(what.url, { method: "POST", agent, headers }, (incoming) => {
      let body = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (text: string) => {
        body += text;
      });
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          challenge: incoming.headers["www-authenticate"] ?? "",
          body,
        }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(what.body);
  });
}
