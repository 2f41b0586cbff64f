// UCWA batches: one POST whose multipart/batching body has several HTTP requests. The answer has as many responses in
// the same order. The ledger records each part as a separate request (marked `batch`), so that a test sees what a
// gateway let through inside a batch. A part uses the ticket of the outer request, never its body.

import { randomUUID } from "node:crypto";
import { type Answer, answer, bodyText, type Exchange } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { readTarget } from "./iis-path.ts";
import { errorAnswer } from "./ucwa-resource.ts";

/** Most requests in one batch (UCWA reference). */
const MAX_PARTS = 100;

/** Answers a batch. `handle` answers each part, in order. */
export async function answerBatch(
  frontEnd: FrontEnd,
  outer: Exchange,
  handle: (part: Exchange) => Promise<Answer>,
): Promise<Answer> {
  const boundary = /boundary="?([^";]+)"?/i.exec(outer.header("content-type") ?? "")?.[1];
  if (boundary === undefined) return errorAnswer(outer, 400, "BadRequest");
  const parts = (await bodyText(outer)).split(`--${boundary}`).slice(1, -1);
  if (parts.length === 0 || parts.length > MAX_PARTS) return errorAnswer(outer, 400, "BadRequest");
  const answers: string[] = [];
  for (const part of parts) {
    const inner = innerExchange(frontEnd, outer, part);
    // A batch must not have another batch or a pending event request in it.
    const allowed = inner && !/\/(batch|events)$/.test(inner.path);
    const result = allowed ? await handle(inner) : errorAnswer(outer, 400, "BadRequest");
    if (inner) inner.entry.status = result.status;
    answers.push(writePart(result));
  }
  const mark = randomUUID();
  const body = `${answers.map((text) => `--${mark}\r\n${text}`).join("\r\n")}\r\n--${mark}--\r\n`;
  return answer(200, `multipart/batching; boundary="${mark}"`, body);
}

/** Reads `application/http` content: a request line, headers, a body. */
function innerExchange(frontEnd: FrontEnd, outer: Exchange, part: string): Exchange | undefined {
  const content = /\r?\n\r?\n([\s\S]*)$/.exec(part)?.[1] ?? "";
  const [head = "", ...bodyParts] = content.split(/\r?\n\r?\n/);
  const [requestLine = "", ...headerLines] = head.split(/\r?\n/);
  const [, method, target] = /^([A-Z]+) (\S+) HTTP\/1\.1$/.exec(requestLine) ?? [];
  if (method === undefined || target === undefined) return undefined;
  const rawHeaders = headerLines.flatMap((line) => {
    const colon = line.indexOf(":");
    return colon > 0 ? [line.slice(0, colon), line.slice(colon + 1).trim()] : [];
  });
  const own = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    own.set((rawHeaders[i] ?? "").toLowerCase(), rawHeaders[i + 1] ?? "");
  }
  const { path, query } = readTarget(target);
  const { site, host } = outer.entry;
  const entry = frontEnd.ledger.open({ site, host, method, path: target, served: path, rawHeaders, batch: true });
  const body = Buffer.from(bodyParts.join("\r\n\r\n").trimEnd());
  return {
    method,
    path,
    query,
    entry,
    site: outer.site,
    socket: outer.socket,
    gone: outer.gone,
    header: (name) => own.get(name) ?? inherited(outer, name),
    body: () => Promise.resolve(body),
    end: () => Promise.resolve(),
  };
}

const inherited = (outer: Exchange, name: string): string | undefined =>
  ["authorization", "x-ms-webticket", "cookie"].includes(name) ? outer.header(name) : undefined;

function writePart(result: Answer): string {
  const body = typeof result.body === "string" ? result.body : "";
  const headers = result.headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return (
    `Content-Type: application/http; msgtype=response\r\n\r\nHTTP/1.1 ${result.status} ${reason(result.status)}\r\n` +
    `${headers}\r\n${body}`
  );
}

const reason = (status: number): string => (status < 300 ? "OK" : status < 400 ? "Redirect" : "Error");
