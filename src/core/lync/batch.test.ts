import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  APPLICATION,
  BATCHING,
  BOUNDARY,
  batchOf,
  encode,
  envelope,
  GET_ME,
  HOST_LINE,
  NAIVE_READERS,
  post,
  request,
  type Seen,
  PART_TYPE as TYPE,
} from "../../../test/kit/batches.ts";
import { processorTime } from "../../../test/kit/cpu.ts";
import { runs } from "../../../test/kit/runs.ts";
import { type BatchPart, MAX_BATCH_PARTS, readBatch } from "./batch.ts";

const read = (body: string, type = BATCHING): readonly BatchPart[] => {
  const parts = readBatch(type, encode(body));
  if (!parts.ok) throw new Error(parts.reason);
  return parts.value;
};
const lines = (...texts: readonly string[]): string => texts.join("\r\n");
const ME = `GET ${APPLICATION}/me HTTP/1.1`;
const NOTE = `${APPLICATION}/me/note`;

describe("what clients send is read", () => {
  it("Microsoft's documented sample, whose last head ends in the delimiter's own line break", () => {
    const body = lines(
      `--${BOUNDARY}`,
      TYPE,
      "",
      `GET ${APPLICATION}/people/contacts HTTP/1.1`,
      "Host: lyncweb.contoso.com",
      "Accept: application/json",
      "",
      `--${BOUNDARY}`,
      TYPE,
      "",
      ME,
      "Host: lyncweb.contoso.com",
      "Accept: application/json",
      "",
      `--${BOUNDARY}--`,
      "",
    );
    const headers = new Map([
      ["host", "lyncweb.contoso.com"],
      ["accept", "application/json"],
    ]);
    expect(read(body)).toEqual([
      { method: "GET", target: `${APPLICATION}/people/contacts`, headers, bodyLength: 0 },
      { method: "GET", target: `${APPLICATION}/me`, headers, bodyLength: 0 },
    ]);
  });

  it("Microsoft's Batch.js: an empty line first, and two line breaks before the closing delimiter", () => {
    const part = `\r\n--${BOUNDARY}\r\n${TYPE}\r\n\r\n${ME}\r\n${HOST_LINE}\r\nAccept: application/json\r\n`;
    const body = `${[part, part].join("\r\n")}\r\n\r\n--${BOUNDARY}--\r\n`;
    expect(read(body).map(({ target }) => target)).toEqual([`${APPLICATION}/me`, `${APPLICATION}/me`]);
  });

  it("bodies in bytes, with their length and their own line breaks", () => {
    const note = '{"message":"Zürich\n\r\n--not the boundary"}';
    const [first, second] = read(batchOf(post(NOTE, note), GET_ME));
    expect([first?.method, first?.bodyLength, second?.method]).toEqual(["POST", encode(note).length, "GET"]);
  });

  it.each<[string, string, string]>([
    ["a space after the semicolon", batchOf(GET_ME), `multipart/batching; boundary=${BOUNDARY}`],
    ["quotes around the boundary", batchOf(GET_ME), `multipart/batching; boundary="${BOUNDARY}"`],
    ["the media type in capitals", batchOf(GET_ME), `Multipart/Batching;Boundary=${BOUNDARY}`],
    ["a short boundary", envelope([`${TYPE}\r\n\r\n${GET_ME}`], "b"), "multipart/batching;boundary=b"],
    ["a charset behind the boundary", batchOf(GET_ME), `multipart/batching; boundary=${BOUNDARY}; charset=utf-8`],
    ["a charset before the boundary", batchOf(GET_ME), `multipart/batching;charset="UTF-8";boundary="${BOUNDARY}"`],
    [
      "parameters that say nothing here",
      batchOf(GET_ME),
      `multipart/batching; type="application/http"; msgtype=request; boundary=${BOUNDARY}; Charset=us-ascii`,
    ],
    ["a line break behind a body", batchOf(`${post(NOTE, "{}")}\r\n`, GET_ME), BATCHING],
    ["two line breaks behind a body", batchOf(`${post(NOTE, "{}")}\r\n\r\n`, GET_ME), BATCHING],
    ["a line break behind a body that ends in one", batchOf(`${post(NOTE, "{}\r\n")}\r\n`, GET_ME), BATCHING],
    ...["7bit", "8bit", "binary", "BINARY"].map((coding): [string, string, string] => [
      `Content-Transfer-Encoding: ${coding}`,
      envelope([
        `${TYPE}\r\nContent-Transfer-Encoding: ${coding}\r\n\r\n${GET_ME}`,
        `content-transfer-encoding:${coding}\r\n${TYPE}\r\n\r\n${GET_ME}`,
      ]),
      BATCHING,
    ]),
    ["no line break at the end", batchOf(GET_ME).slice(0, -2), BATCHING],
    ["blank lines behind a head", batchOf(`${GET_ME}\r\n\r\n`, GET_ME), BATCHING],
    ["header names in capitals and small letters", batchOf(request([ME, "HOST: x", "aCCept: y"])), BATCHING],
    ["no space behind a colon", batchOf(request([ME, "Host:x"])), BATCHING],
    ["an empty header", batchOf(request([ME, HOST_LINE, "Accept:"])), BATCHING],
    [
      "a part type without a space",
      envelope([`content-type:application/http;msgtype=request\r\n\r\n${GET_ME}`]),
      BATCHING,
    ],
    ["a POST without a body", batchOf(request([`POST ${NOTE} HTTP/1.1`, HOST_LINE])), BATCHING],
    [
      "a POST with none announced",
      batchOf(request([`POST ${NOTE} HTTP/1.1`, HOST_LINE, "Content-Length: 0"])),
      BATCHING,
    ],
    ["a query", batchOf(request([`GET ${APPLICATION}/people?q=a&b=%20 HTTP/1.1`, HOST_LINE])), BATCHING],
  ])("%s", (_, body, type) => {
    expect(read(body, type).length).toBeGreaterThan(0);
  });

  it(`${MAX_BATCH_PARTS} parts, and no more`, () => {
    const parts = (count: number) => batchOf(...Array.from({ length: count }, () => GET_ME));
    expect(read(parts(MAX_BATCH_PARTS))).toHaveLength(100);
    for (const count of [MAX_BATCH_PARTS + 1, 5_000]) {
      expect(readBatch(BATCHING, encode(parts(count)))).toEqual({ ok: false, reason: "too-many-parts" });
    }
  });
});

const seenIn = (parts: readonly BatchPart[]): Seen[] =>
  parts.map(({ method, target, headers }) => ({ method, target, headers: Object.fromEntries(headers) }));

/** Pieces of text that make a batch hard to read. */
const PIECES = [
  ...["\n", "\r", "\r\n", "\r\n\r\n", "\n\n", " ", "\t", ":", ";", "\0", "\ufeff", "\u0085", "é", "{}", "--", "x"],
  ...[`--${BOUNDARY}`, `\r\n--${BOUNDARY}\r\n`, `\n--${BOUNDARY}\n`, `--${BOUNDARY}--`, `\r\n--${BOUNDARY}--\r\n`],
  ...[`--${BOUNDARY.toUpperCase()}\r\n`, `${TYPE}\r\n\r\n`, `${TYPE}\n\n`, GET_ME, "GET /cscp HTTP/1.1\n\n"],
  ...[
    "\r\nContent-Length: 2",
    "\r\nContent-Length: 0",
    "\r\nTransfer-Encoding: chunked",
    "\r\nX: y",
    "\r\nContent-Transfer-Encoding: 7bit",
    "\r\n Z: y",
  ],
];

/** A POST whose body is made of such pieces, with the right length announced. */
const oddPost = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 5 })), { maxLength: 6 })
  .map((pieces) => post(NOTE, pieces.join("")));

const plainRequest = fc.oneof(
  fc.constantFrom(GET_ME, `${GET_ME}\r\n`, GET_ME.slice(0, -2)),
  fc.json().map((body) => post(NOTE, body)),
  fc.json().map((body) => `${post(NOTE, body)}\r\n`),
  fc.constantFrom("", "\n\n", "a\r\n\r\nb", "--", "GET /cscp HTTP/1.1\r\n\r\n").map((body) => post(NOTE, body)),
);

/** Text before the request in its part. */
const partHead = fc.constantFrom(
  ...["", "\r\nContent-Transfer-Encoding: binary", "\r\nContent-Transfer-Encoding: 8bit"].map((more) => TYPE + more),
);

const batchFrom = (requests: fc.Arbitrary<string>) =>
  fc
    .array(fc.tuple(partHead, requests), { minLength: 1, maxLength: 4 })
    .map((parts) => envelope(parts.map(([head, each]) => `${head}\r\n\r\n${each}`)));

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) }),
  insert: fc.oneof(
    fc.constantFrom(...PIECES).map(encode),
    fc.string({ maxLength: 2 }).map(encode),
    fc.uint8Array({ maxLength: 1 }),
  ),
});

const mutated = fc
  .tuple(batchFrom(plainRequest), fc.array(edit, { minLength: 1, maxLength: 2 }))
  .map(([batch, edits]) =>
    edits.reduce((body, { at, remove, insert }) => {
      const start = Math.floor(at * body.length);
      return Uint8Array.of(...body.slice(0, start), ...insert, ...body.slice(start + remove));
    }, encode(batch)),
  );

const RUNS = { numRuns: runs(10_000) };
/** The machine may do other work at the same time. */
const TIMEOUT_MS = 60_000;

describe("S-34: whatever a client sends", { timeout: TIMEOUT_MS }, () => {
  it("a valid batch is read, and every reader reads the same", () => {
    fc.assert(
      fc.property(batchFrom(plainRequest), (batch) => {
        const parts = seenIn(read(batch));
        for (const [name, reader] of Object.entries(NAIVE_READERS)) {
          expect(reader(BATCHING, encode(batch)), name).toEqual(parts);
        }
      }),
      { numRuns: runs(1_000) },
    );
  });

  it.each([
    ["a valid batch, changed", mutated],
    ["a batch with odd bodies", batchFrom(oddPost).map(encode)],
  ])("%s is read or refused: never an exception, and what is read nobody splits into other requests", (_, batches) => {
    let accepted = 0;
    let disputed = 0;
    fc.assert(
      fc.property(batches, (body) => {
        const parts = readBatch(BATCHING, body);
        const readings = Object.entries(NAIVE_READERS).map(([name, reader]) => [name, reader(BATCHING, body)] as const);
        if (parts.ok) {
          accepted++;
          for (const [name, seen] of readings) expect(seen, name).toEqual(seenIn(parts.value));
        } else if (new Set(readings.map(([, seen]) => JSON.stringify(seen))).size > 1) disputed++;
      }),
      RUNS,
    );
    // Some readers do differ, and some batches are accepted. Otherwise this test would prove nothing.
    expect(accepted).toBeGreaterThan(RUNS.numRuns * 0.03);
    expect(disputed).toBeGreaterThan(RUNS.numRuns * 0.05);
  });

  it("any bytes at all", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (body, type) => {
        expect(readBatch(BATCHING, body).ok).toBe(false);
        expect(readBatch(type, body).ok).toBe(false);
      }),
      RUNS,
    );
  });

  it("is read in no more time than it deserves", () => {
    const fill = (piece: string): string => piece.repeat(Math.floor((1024 * 1024) / piece.length));
    const heads = Array.from({ length: 100_000 }, (_, n) => `a${n}: b`);
    for (const body of [
      fill("\r\n"),
      fill("--"),
      fill(`\r\n--${BOUNDARY}`),
      fill(`\r\n--${BOUNDARY}\r\n`),
      batchOf(GET_ME + fill("\r\n")),
      batchOf(`${ME}\r\n${fill("a:b\r\n")}\r\n`),
      batchOf(request([ME, HOST_LINE, ...heads])),
      batchOf(request([`GET /${fill("a")} HTTP/1.1`, HOST_LINE])),
      batchOf(post(NOTE, fill("é"))),
      fill(" "),
    ]) {
      const bytes = encode(body);
      const begun = processorTime();
      readBatch(BATCHING, bytes);
      expect(processorTime() - begun).toBeLessThan(1_000);
    }
  });
});
