// A small authority for Postern: answers its questions about devices from a file of devices. README.md says how to run
// it, and docs/authority.md what a question and an answer are. Take it as a beginning for a connection to your own
// device management.

import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Webhook } from "standardwebhooks";

/** A question has less than 2 KB. More is not read. */
const MAX_QUESTION_BYTES = 16_384;

const { values: given } = parseArgs({
  options: {
    devices: { type: "string", default: "devices.csv" },
    port: { type: "string", default: "8444" },
    host: { type: "string", default: "127.0.0.1" },
    holds: { type: "string", default: "3600" },
  },
});
// One secret, or several with a space between: a question that any of them signed is accepted.
const hooks = (process.env.AUTHORITY_SECRETS ?? "")
  .split(/\s+/)
  .filter((secret) => secret !== "")
  .map((secret) => new Webhook(secret));
if (hooks.length === 0) throw new Error("Set AUTHORITY_SECRETS to the secret that Postern has: whsec_…");

/** The rows of the file, read again when it has changed. */
let known = { changedAt: -1, rows: [] };
function devices() {
  const changedAt = statSync(given.devices).mtimeMs;
  if (changedAt !== known.changedAt) {
    const text = readFileSync(given.devices, "utf8");
    known = { changedAt, rows: given.devices.endsWith(".json") ? JSON.parse(text) : rowsOf(text) };
  }
  return known.rows;
}

/** A CSV file without quotes: its first line names the columns. */
function rowsOf(text) {
  const [head = "", ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const columns = head.split(",").map((column) => column.trim());
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(columns.map((column, at) => [column, (cells[at] ?? "").trim()]));
  });
}

/** The words of the first row whose cells all fit. An empty cell fits everything. No row: no words. */
function wordsFor({ user, device }) {
  const facts = {
    user: [user.sipUri.replace(/^sip:/, ""), user.upn, user.account],
    device: [device.key, device.id],
    machine: [device.machine],
    model: [device.model],
    os: [device.os],
  };
  const fits = (row) =>
    Object.entries(facts).every(([column, values]) => {
      const wanted = (row[column] ?? "").toLowerCase();
      return wanted === "" || values.some((value) => value?.toLowerCase() === wanted);
    });
  const row = devices().find(fits);
  return (row?.words ?? "").split(/\s+/).filter((word) => word !== "");
}

/** The question in the body, if Postern signed it and it is not older than five minutes. Otherwise undefined. */
function verified(body, headers) {
  for (const hook of hooks) {
    try {
      return hook.verify(body, headers);
    } catch {
      // Perhaps another secret signed it.
    }
  }
  return undefined;
}

async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_QUESTION_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function answerTo(request) {
  if (request.method !== "POST") return [405, { error: "POST a question" }];
  const body = await bodyOf(request);
  if (body === undefined) return [413, { error: "too large" }];
  const question = verified(body, request.headers);
  if (question === undefined) return [401, { error: "wrong signature" }];
  if (question.type !== "device.asked") return [422, { error: "not a question about a device" }];
  const words = wordsFor(question.data);
  console.log(JSON.stringify({ asked: question.data.user.sipUri, device: question.data.device.key, words }));
  return [200, { words, holdsForSeconds: Number(given.holds) }];
}

const server = createServer(async (request, response) => {
  // A file that cannot be read is no answer: Postern then treats the authority as silent.
  const [status, answer] = await answerTo(request).catch((fault) => {
    console.error(String(fault));
    return [503, { error: "the devices cannot be read" }];
  });
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
});
server.listen(Number(given.port), given.host, () => {
  console.log(JSON.stringify({ listening: `http://${given.host}:${server.address().port}` }));
});
