// The same over HTTP/2, as an edge speaks it that clients reach by TLS. One connection for all requests, as such clients
// have it.

import { type ClientHttp2Session, connect, constants } from "node:http2";
import { codeOf } from "../files.ts";
import { type Answer, faultOf, type Question, type Way } from "./wire.ts";

/** Asks all in their order on one connection. Undefined: the server does not speak HTTP/2. */
export async function sendByHttp2(
  questions: readonly ((before: Answer | undefined) => Question | undefined)[],
  way: Way,
  host: string,
  withinMs: number,
): Promise<readonly Answer[] | undefined> {
  const session = connect(`https://${host}`, {
    ...{ host: way.address, port: way.port, servername: host, rejectUnauthorized: false },
    ALPNProtocols: ["h2"],
  });
  try {
    if (!(await opened(session, withinMs))) return undefined;
    const answers: Answer[] = [];
    for (const next of questions) {
      const question = next(answers.at(-1));
      if (question === undefined) break;
      answers.push(await asked(session, question, withinMs));
    }
    return answers;
  } finally {
    session.destroy();
  }
}

function opened(session: ClientHttp2Session, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), withinMs);
    const done = (spoken: boolean): void => {
      clearTimeout(timer);
      resolve(spoken);
    };
    session.on("error", () => done(false));
    session.once("connect", () => done(session.alpnProtocol === "h2"));
    session.once("close", () => done(false));
  });
}

function asked(session: ClientHttp2Session, question: Question, withinMs: number): Promise<Answer> {
  const began = performance.now();
  const { host, path, method = "GET", headers, body } = question;
  return new Promise((resolve) => {
    const silent = (code: string): void => {
      clearTimeout(timer);
      resolve({ kind: "silent", question, fault: faultOf(code), code });
    };
    const timer = setTimeout(() => {
      silent("ETIMEDOUT");
      stream.destroy();
    }, withinMs);
    const stream = session.request({
      ...{ ":authority": host, ":path": path, ":method": method, "accept-encoding": "identity" },
      ...headers,
    });
    const lines: [string, string][] = [];
    let [status, at, tookMs] = [0, 0, 0];
    const chunks: Buffer[] = [];
    stream.on("response", (_, __, ...rest: readonly unknown[]) => {
      [at, tookMs] = [Date.now(), performance.now() - began];
      const raw = Array.isArray(rest[0]) ? (rest[0] as readonly string[]) : [];
      for (const [index, name] of raw.entries()) if (index % 2 === 0) lines.push([name, raw[index + 1] ?? ""]);
      status = Number(lines.find(([name]) => name === ":status")?.[1] ?? 0);
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", (fault) => silent(codeOf(fault)));
    stream.on("close", () => {
      clearTimeout(timer);
      if (status === 0) {
        const { NGHTTP2_HTTP_1_1_REQUIRED: wantsOld } = constants;
        silent(stream.rstCode === wantsOld ? "HTTP_1_1_REQUIRED" : `RST_STREAM ${stream.rstCode}`);
        return;
      }
      const headers = lines.filter(([name]) => !name.startsWith(":"));
      resolve({ kind: "heard", question, status, headers, body: Buffer.concat(chunks), at, tookMs });
    });
    stream.end(body);
  });
}
