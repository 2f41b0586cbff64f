// S-84: a Front-End that is slow, cut, wrong or absent. The client gets the whole right answer, an answer that it can
// see is broken, or Postern's 503. It never gets bytes of another's answer, and never a part that looks like the whole.

import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LONG_RUNS, runs } from "../kit/runs.ts";
import { phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { inParallel, type RawRequest, rawSend } from "./support/raw-http.ts";
import { type RawAsked, type RawOrigin, startRawOrigin } from "./support/raw-origin.ts";
import { OAUTH_TOKEN, tokenRequest, WEB_TICKET_SERVICE, WINDOWS_GRANT } from "./support/tickets.ts";
import { headerOf, type ReadAnswer, readAnswer } from "./support/whole-answer.ts";

let gateway: TestGateway;
let origin: RawOrigin;
let ticket: string;
beforeAll(async () => {
  origin = await startRawOrigin(() => gateway.simulator.url);
  gateway = await startTestGateway({ frontEndAt: origin.url });
  ticket = await phoneTicket(gateway, gateway.alice);
});
afterAll(async () => {
  await gateway?.stop();
  await origin?.stop();
});

const OPEN = "/meet/x";
const TICKETED = "/ucwa/oauth/v1/applications/1";
const EVENTS = `${TICKETED}/events`;
const UPLOAD = "/CollabContent/x";
const OK = "HTTP/1.1 200 OK\r\n";
const HELLO = `${OK}Content-Length: 5\r\n\r\nhello`;

/** Sends one request written by hand, and reads the answer as a client does. */
async function ask(target: string, request: Omit<RawRequest, "target"> = {}): Promise<ReadAnswer> {
  const lines = [`Authorization: Bearer cwt=${ticket}`, ...(request.lines ?? [])];
  const { text } = await rawSend(gateway, { target, ...request, lines });
  return readAnswer(text, request.method);
}

/** Checks for Postern's own answer when something behind it failed. */
function expectUnavailable(answer: ReadAnswer, of = ""): void {
  expect([answer.status, answer.whole, answer.body.length], of).toEqual([503, true, 0]);
  expect(headerOf(answer, "retry-after"), of).toMatch(/^[1-9]\d*$/);
}

async function expectNextIsRight(path: string, afterReset = false): Promise<void> {
  origin.answer(path, HELLO);
  // A reset that is still on its way may take one more request with it.
  if (afterReset) await expect.poll(async () => (await ask(path)).status).toBe(200);
  const next = await ask(path);
  expect([next.status, next.whole, next.body.toString()]).toEqual([200, true, "hello"]);
}

/** Lets the client read what came, before a reset throws away what has not been read. */
const resetSoon = ({ socket }: RawAsked): void => void setTimeout(() => socket.resetAndDestroy(), 20);

describe("S-84: an answer that is cut", () => {
  const BODY = "the quick brown fox";
  const FRAMINGS: readonly (readonly [name: string, head: string, body: string])[] = [
    ["with a length", `${OK}Content-Type: text/plain\r\nContent-Length: ${BODY.length}\r\n\r\n`, BODY],
    [
      "in chunks",
      `${OK}Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n`,
      `9\r\n${BODY.slice(0, 9)}\r\na;x=y\r\n${BODY.slice(9)}\r\n0\r\n\r\n`,
    ],
  ];
  const CUTS = FRAMINGS.flatMap(([name, head, body]) =>
    [OPEN, TICKETED, EVENTS].flatMap((path) =>
      (["closes", "resets"] as const).map((end) => ({ name, head, body, path, end })),
    ),
  );

  it.each(CUTS)("$name, at $path: after each byte it $end, and it is 503 or visibly cut", async (each) => {
    const { name, head, body, path, end } = each;
    const bytes = head + body;
    origin.answer(path, (asked) => {
      const cut = Number(new URL(asked.path, "http://x").searchParams.get("cut"));
      if (end === "closes") asked.socket.end(bytes.slice(0, cut));
      else asked.socket.write(bytes.slice(0, cut), () => resetSoon(asked));
    });
    const positions = Array.from({ length: bytes.length + 1 }, (_, at) => at);
    await inParallel(positions, 10, async (cut) => {
      const answer = await ask(`${path}?cut=${cut}`);
      const of = `${name}, cut after ${cut} of ${bytes.length}: ${JSON.stringify(bytes.slice(0, cut))}`;
      if (cut < head.length) return expectUnavailable(answer, of);
      // The last bytes end a chunk that says nothing more, so an answer may be whole before them.
      if (answer.whole) expect([cut >= bytes.length, answer.body.toString()], of).toEqual([true, BODY]);
      expect(BODY.startsWith(answer.body.toString()), of).toBe(true);
      expect([200, 503], of).toContain(answer.status);
      if (cut === bytes.length) expect(answer.whole, of).toBe(true);
    });
    await expectNextIsRight(path, end === "resets");
  });

  it.each([
    ["with a length", (bytes: number) => `Content-Length: ${bytes}\r\n\r\n`],
    ["in one chunk", (bytes: number) => `Transfer-Encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n`],
  ] as const)("a download of a megabyte, %s: visibly cut", async (_, begin) => {
    const MB = 1024 * 1024;
    origin.answer(TICKETED, ({ socket }) => socket.end(`${OK}${begin(MB)}${"x".repeat(MB - 1)}`));
    const answer = await ask(TICKETED);
    expect([answer.status, answer.whole]).toEqual([200, false]);
    expect(answer.body.length).toBeLessThan(MB);
    await expectNextIsRight(TICKETED);
  });
});

describe("S-84: an answer that is wrong", () => {
  const ended = (bytes: string | Buffer) => (asked: RawAsked) => void asked.socket.end(bytes);
  const open = (bytes: string | Buffer) => (asked: RawAsked) => void asked.socket.write(bytes);
  const STORM = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  type End = "unavailable" | "cut" | "whole";
  const WRONG: readonly (readonly [name: string, answer: (asked: RawAsked) => void, end: End])[] = [
    ["closes without a byte", ({ socket }) => void socket.end(), "unavailable"],
    ["resets without a byte", ({ socket }) => void socket.resetAndDestroy(), "unavailable"],
    ["has a garbage status line", ended("lkajsd\r\n\r\nhello"), "unavailable"],
    ["speaks HTTP/0.9", ended("<html>hello</html>"), "unavailable"],
    ["speaks TLS", ended(Buffer.from([0x15, 3, 1, 0, 2, 2, 70])), "unavailable"],
    ["has the status 099", ended("HTTP/1.1 099 What\r\nContent-Length: 5\r\n\r\nhello"), "unavailable"],
    ["has the status 600", ended("HTTP/1.1 600 What\r\nContent-Length: 5\r\n\r\nhello"), "unavailable"],
    ["has the status 999", ended("HTTP/1.1 999 What\r\nContent-Length: 5\r\n\r\nhello"), "unavailable"],
    [
      "switches protocols",
      ended("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello"),
      "unavailable",
    ],
    ["has a line that is no header", ended(`${OK}nonsense\r\nContent-Length: 5\r\n\r\nhello`), "unavailable"],
    ["has a folded line", ended(`${OK}X-A: a\r\n b\r\nContent-Length: 5\r\n\r\nhello`), "unavailable"],
    ["has a NUL in a header", ended(`${OK}X-A: \0\r\nContent-Length: 5\r\n\r\nhello`), "unavailable"],
    ["has two lengths", ended(`${OK}Content-Length: 5\r\nContent-Length: 4\r\n\r\nhello`), "unavailable"],
    ["has the length abc", ended(`${OK}Content-Length: abc\r\n\r\nhello`), "unavailable"],
    ["has the length -5", ended(`${OK}Content-Length: -5\r\n\r\nhello`), "unavailable"],
    ["has the length +5", ended(`${OK}Content-Length: +5\r\n\r\nhello`), "unavailable"],
    ["has a length of 20 digits", ended(`${OK}Content-Length: 99999999999999999999\r\n\r\nhello`), "unavailable"],
    ["has too great a length", ended(`${OK}Content-Length: 6\r\n\r\nhello`), "cut"],
    ["has too small a length", open(`${OK}Content-Length: 5\r\n\r\nhello and more`), "whole"],
    ["has another answer behind it", open(`${HELLO}${HELLO.replace("hello", "other")}`), "whole"],
    ["has one length twice", open(`${OK}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`), "unavailable"],
    ["ends within the size of a chunk", ended(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1`), "cut"],
    ["has no last chunk", ended(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`), "cut"],
    ["has a chunk of the size zz", ended(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n`), "cut"],
    [
      "has a length and chunks, of which chunks count",
      open(`${OK}Content-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`),
      "whole",
    ],
    [
      "has a transfer coding beside the chunks, which nobody asked for: only the chunks are undone",
      open(`${OK}Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`),
      "whole",
    ],
    ["has a header of 200 KB", open(`${OK}X-A: ${"a".repeat(200_000)}\r\nContent-Length: 5\r\n\r\nhello`), "whole"],
    ["comes after a thousand interim answers", open(`${STORM.repeat(500)}${HELLO}`), "whole"],
  ];

  it.each(WRONG)("%s", async (_, answer, end) => {
    origin.answer(TICKETED, answer);
    const got = await ask(TICKETED);
    if (end === "unavailable") expectUnavailable(got);
    else expect([got.status, got.whole, got.body.toString()]).toEqual([200, end === "whole", "hello"]);
    await expectNextIsRight(TICKETED);
  });

  it.each([
    [204, "HTTP/1.1 204 No Content\r\n"],
    [304, 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n'],
  ] as const)("a %i with a body: the client gets none, and the next one none of it", async (status, head) => {
    origin.answer(TICKETED, `${head}Content-Length: 5\r\n\r\nother`);
    const got = await ask(TICKETED);
    expect([got.status, got.whole, got.body.length]).toEqual([status, true, 0]);
    await expectNextIsRight(TICKETED);
  });

  it("a HEAD with a body: the client gets none, and the next one none of it", async () => {
    origin.answer(OPEN, `${OK}Content-Length: 5\r\n\r\nother`);
    const got = await ask(OPEN, { method: "HEAD" });
    expect([got.status, got.whole, headerOf(got, "content-length")]).toEqual([200, true, "5"]);
    await expectNextIsRight(OPEN);
  });

  it("is said in the log as the Front-End's fault, without what it said", async () => {
    origin.answer(TICKETED, ended("HTTP/1.1 999 hush\r\nX-A: hush\r\n\r\nhush"));
    const refused = await ask(TICKETED, { lines: ["CF-Connecting-IP: 198.51.100.84"] }); // its lines are not at their limit
    expectUnavailable(refused);
    const requestId = headerOf(refused, "x-request-id") ?? "none";
    const lines = (): unknown[] =>
      gateway.log.filter((line) => line.includes(requestId)).map((line): unknown => JSON.parse(line));
    await expect
      .poll(lines)
      .toEqual([
        expect.objectContaining({ event: "unavailable", reason: "front-end" }),
        expect.objectContaining({ event: "request-refused", reason: "front-end-unreachable", status: 503 }),
      ]);
    expect(JSON.stringify(lines())).not.toContain("hush");
  });
});

describe("S-84: an answer that comes before the request has been read", () => {
  const EARLY = "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nyes";
  const body = Buffer.alloc(3 * 1024 * 1024);

  it.each([
    ["stays open", ({ socket }: RawAsked): void => void socket.write(EARLY)],
    ["closes", ({ socket }: RawAsked): void => void socket.end(EARLY)],
  ] as const)("and the origin %s: the client gets it", async (_, answer) => {
    origin.answer(UPLOAD, answer);
    const got = await ask(UPLOAD, { method: "POST", body });
    expect([got.status, got.whole, got.body.toString()]).toEqual([413, true, "yes"]);
    await expectNextIsRight(UPLOAD);
  });

  // An answer that goes out while the client still uploads can be lost: its connection ends with bytes that nobody has
  // read, and TCP then resets it.
  it("and the origin resets: the client gets it, or 503, or sees that its connection broke", async () => {
    origin.answer(UPLOAD, ({ socket }) => socket.write(EARLY, () => void socket.resetAndDestroy()));
    const got = await ask(UPLOAD, { method: "POST", body });
    if (got.status === 503 && got.whole) expectUnavailable(got);
    else if (got.status === 413) expect("yes".startsWith(got.body.toString())).toBe(true);
    else expect([got.status, got.body.length]).toEqual([got.status === 503 ? 503 : 0, 0]);
    await expectNextIsRight(UPLOAD, true);
  });

  it("and it resets in the middle of an upload: 503", async () => {
    origin.answer(UPLOAD, ({ socket }) => {
      let got = 0;
      socket.on("data", (piece) => {
        got += piece.length;
        if (got > 100_000) socket.resetAndDestroy();
      });
      socket.resume();
    });
    expectUnavailable(await ask(UPLOAD, { method: "POST", body }));
    await expectNextIsRight(UPLOAD);
  });
});

describe("S-84 S-35: among answers of every kind on shared connections", () => {
  /** What the origin does with request n, whose own answer is full of n. */
  const KINDS: readonly ((asked: RawAsked, head: string, body: string) => void)[] = [
    ({ socket }, head, body) => void socket.write(`${head}${body}`),
    ({ socket }, head, body) => void socket.write(`${head}${body}${head}${body}`),
    ({ socket }, head, body) => void socket.write(`${head}${body}surplus ${body}`),
    ({ socket }, head, body) => void socket.end(`${head}${body.slice(0, 10)}`),
    (asked, head, body) => void asked.socket.write(`${head}${body.slice(0, 10)}`, () => resetSoon(asked)),
    ({ socket }) => void socket.resetAndDestroy(),
    ({ socket }, head, body) => {
      socket.write(`${head}${body.slice(0, 7)}`);
      setTimeout(() => socket.write(body.slice(7)), 5);
    },
    ({ socket }, head, body) => {
      const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
      socket.write(`${head.replace(/Content-Length: \d+/, "Transfer-Encoding: chunked")}${chunk}${head}${body}`);
    },
    ({ socket }, head, body) => void socket.end(`${head.replace("200 OK", "204 No Content")}${body}`),
  ];

  it("nobody gets a byte of another's", async () => {
    const own = (n: number): string => `<${n}>`.repeat(40);
    for (const path of [OPEN, TICKETED]) {
      origin.answer(path, (asked) => {
        const n = Number(new URL(asked.path, "http://x").searchParams.get("n"));
        const body = own(n);
        KINDS[n % KINDS.length]?.(asked, `${OK}X-Own: ${n}\r\nContent-Length: ${body.length}\r\n\r\n`, body);
      });
    }
    const kinds = new Map<string, number>();
    await inParallel(
      Array.from({ length: runs(2_000) }, (_, n) => n),
      20,
      async (n) => {
        const answer = await ask(`${n % 2 === 0 ? OPEN : TICKETED}?n=${n}`);
        if (answer.status === 503) expectUnavailable(answer);
        else expect(headerOf(answer, "x-own")).toBe(String(n));
        const body = answer.body.toString();
        expect(own(n).startsWith(body), `${n}: ${body}`).toBe(true);
        if (answer.whole && answer.status === 200) expect(body).toBe(own(n));
        const kind = `${answer.status} ${answer.whole ? "whole" : "cut"}`;
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      },
    );
    expect([...kinds.keys()].sort()).toEqual(["200 cut", "200 whole", "204 whole", "503 whole"]);
  });
});

describe("S-84: the answer to a sign-in", () => {
  const withoutLength = (answer: Buffer): Buffer =>
    Buffer.from(answer.toString("latin1").replace(/\r\n(?:content-length|transfer-encoding): [^\r]*/i, ""), "latin1");
  const SERVICES = [
    { what: "OAuth", path: OAUTH_TOKEN, request: () => WINDOWS_GRANT, stride: 17 },
    {
      what: "a web ticket",
      path: WEB_TICKET_SERVICE,
      request: () => tokenRequest("saml", gateway.alice.sipUri),
      stride: 97,
    },
  ];
  const CUTS = SERVICES.flatMap((service) =>
    ["with its length", "without a length"].map((framing) => ({ ...service, framing })),
  );

  it.each(CUTS)("for $what, $framing, that is cut anywhere: 503 and no ticket", async (each) => {
    const { path, request, stride, framing } = each;
    let length = 0;
    let cut = Number.POSITIVE_INFINITY;
    origin.change(path, (answer) => {
      const bytes = framing === "with its length" ? answer : withoutLength(answer);
      length = bytes.length;
      return bytes.subarray(0, cut);
    });
    try {
      const whole = await signIn(gateway, request(), gateway.alice);
      expect([whole.status, whole.text.length > 100]).toEqual([200, true]);
      // The last byte may be white space behind the document, which nobody misses.
      const tail = Math.max(1, whole.text.length - whole.text.trimEnd().length + 1);
      const total = length;
      for (let at = 0; at < total - tail; at += LONG_RUNS ? 5 : stride) await refusedAt(at);
      await refusedAt(total - tail);
      async function refusedAt(at: number): Promise<void> {
        cut = at;
        const answer = await signIn(gateway, request(), gateway.alice);
        const of = `${framing}, cut after ${at} of ${total}`;
        expect([answer.status, answer.text, answer.headers["retry-after"]], of).toEqual([503, "", "10"]);
      }
    } finally {
      origin.change(path, undefined);
    }
    expect((await signIn(gateway, request(), gateway.alice)).status).toBe(200);
  });
});

describe("S-84: a Front-End that is absent", () => {
  it("refuses connections: 503, and it is served again when it is back", async () => {
    const port = Number(new URL(origin.url).port);
    await origin.stop();
    for (const path of [OPEN, TICKETED, EVENTS]) expectUnavailable(await ask(path), path);
    expectUnavailable(await ask(UPLOAD, { method: "POST", body: Buffer.alloc(1024 * 1024) }));
    origin = await startRawOrigin(() => gateway.simulator.url, port);
    await expectNextIsRight(TICKETED);
    expect((await signIn(gateway, WINDOWS_GRANT, gateway.alice)).status).toBe(200);
  });

  it("is left by its client in the middle of an answer: it hears of that", async () => {
    let left = false;
    origin.answer(OPEN, ({ socket }) => {
      socket.write(`${OK}Content-Length: 100\r\n\r\nhello`);
      socket.on("close", () => {
        left = true;
      });
    });
    const { hostname, port } = new URL(gateway.gateway);
    const client = connect(Number(port), hostname);
    client.write(`GET ${OPEN} HTTP/1.1\r\nHost: web.contoso.test\r\n\r\n`);
    await new Promise((resolve) => client.once("data", resolve));
    client.resetAndDestroy();
    await expect.poll(() => left).toBe(true);
  });

  it("is left by its client in the middle of an upload of 50 MB: it hears of that, and has no whole body", async () => {
    const whole = 50 * 1024 * 1024;
    let got = 0;
    let left = false;
    origin.answer(UPLOAD, ({ socket, begun }) => {
      got = begun.length;
      socket.on("data", (piece) => {
        got += piece.length;
      });
      socket.on("close", () => {
        left = true;
      });
      socket.on("error", () => undefined);
      socket.resume();
    });
    const { hostname, port } = new URL(gateway.gateway);
    const client = connect(Number(port), hostname);
    client.on("error", () => undefined);
    client.write(`POST ${UPLOAD} HTTP/1.1\r\nHost: web.contoso.test\r\nContent-Length: ${whole}\r\n\r\n`);
    client.write(Buffer.alloc(whole / 2));
    await expect.poll(() => got, { timeout: 60_000 }).toBeGreaterThan(1024 * 1024);
    client.resetAndDestroy();
    await expect.poll(() => left, { timeout: 60_000 }).toBe(true);
    expect(got).toBeLessThan(whole);
    await expectNextIsRight(UPLOAD);
  });
});
