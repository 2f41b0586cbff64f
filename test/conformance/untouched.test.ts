// S-83: what the Front-End and its client say to each other beside the ticket passes as it is, both ways, and in
// constant memory: parts of files, conditions, compressed answers, chunks, cookies, and bodies of 50 MB.

import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { desktopTicket, phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { forgetMost, mostOf, pour, settled, workerd } from "./support/pouring.ts";
import { asProof, CERT_PROV } from "./support/presenting.ts";
import { type RawRequest, rawExchange, rawSend } from "./support/raw-http.ts";
import { type RawAsked, type RawOrigin, startRawOrigin } from "./support/raw-origin.ts";
import { opaque, samlTicket } from "./support/tickets.ts";
import { headerOf, type ReadAnswer, readAnswer } from "./support/whole-answer.ts";

let gateway: TestGateway;
let origin: RawOrigin;
let ticket: string;
let saml: string;
beforeAll(async () => {
  origin = await startRawOrigin(() => gateway.simulator.url);
  gateway = await startTestGateway({ frontEndAt: origin.url });
  ticket = await phoneTicket(gateway, gateway.alice);
  saml = (await desktopTicket(gateway, gateway.atDesk.alice)).assertion;
});
afterAll(async () => {
  await gateway?.stop();
  await origin?.stop();
});

const MB = 1024 * 1024;
const OK = "HTTP/1.1 200 OK\r\n";
const bearer = () => `Authorization: Bearer cwt=${ticket}`;
const webTicket = () => `X-MS-WebTicket: ${opaque(saml)}`;
/** Where a file is read: without a ticket, with a phone's, with a desktop's. */
const PLACES: readonly (readonly [path: string, credentials: () => string])[] = [
  ["/CollabContent/deck.bin", () => "X-Nothing: x"],
  ["/ucwa/oauth/v1/applications/1/photo", bearer],
  ["/abs/files/F-0c1f.lsabs", webTicket],
];

/** Sends one request written by hand, has the origin answer it so, and says what each of the two saw. */
async function between(
  path: string,
  answer: string | Buffer | ((asked: RawAsked) => void),
  request: Omit<RawRequest, "target"> = {},
): Promise<{ readonly got: ReadAnswer; readonly asked: RawAsked }> {
  origin.answer(path, answer);
  const { text } = await rawSend(gateway, { target: path, ...request });
  const asked = origin.asked.at(-1);
  if (asked === undefined) throw new Error("nothing arrived");
  return { got: readAnswer(text, request.method), asked };
}

const answerOf = (head: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);

describe.each(PLACES)("S-83: at %s", (path, credentials) => {
  it("a part of a file comes as a part", async () => {
    const lines = [credentials(), "Range: bytes=10-14", 'If-Range: "v1"'];
    const head =
      'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 10-14/50\r\nETag: "v1"\r\nAccept-Ranges: bytes\r\n';
    const { got, asked } = await between(path, answerOf(head, Buffer.from("hello")), { lines });
    expect(asked.headers).toMatchObject({ range: "bytes=10-14", "if-range": '"v1"' });
    expect([got.status, got.whole, got.body.toString()]).toEqual([206, true, "hello"]);
    const headers = ["content-range", "etag", "accept-ranges"].map((name) => headerOf(got, name));
    expect(headers).toEqual(["bytes 10-14/50", '"v1"', "bytes"]);
  });

  it("several parts, and a part that is not there", async () => {
    const type = "multipart/byteranges; boundary=THIS";
    const body = Buffer.from("--THIS\r\nContent-Range: bytes 0-0/2\r\n\r\na\r\n--THIS--\r\n");
    const many = await between(path, answerOf(`HTTP/1.1 206 Partial Content\r\nContent-Type: ${type}\r\n`, body), {
      lines: [credentials(), "Range: bytes=0-0,1-1"],
    });
    expect(many.asked.headers.range).toBe("bytes=0-0,1-1");
    expect([many.got.status, headerOf(many.got, "content-type"), many.got.body.equals(body)]).toEqual([
      206,
      type,
      true,
    ]);
    const head = "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */50\r\n";
    const none = await between(path, answerOf(head, Buffer.alloc(0)), { lines: [credentials(), "Range: bytes=90-"] });
    expect([none.got.status, headerOf(none.got, "content-range"), none.got.whole]).toEqual([416, "bytes */50", true]);
  });

  it("a file that has not changed is not sent again", async () => {
    for (const [name, value] of [
      ["If-None-Match", '"v1", W/"v2"'],
      ["If-Modified-Since", "Fri, 27 Nov 2026 10:00:00 GMT"],
    ] as const) {
      const head = 'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\nLast-Modified: Fri, 27 Nov 2026 10:00:00 GMT\r\n';
      // A 304 may say how long the file is that it does not send, here longer than what Postern releases at once.
      const bytes = `${head}Content-Length: 5000000\r\n\r\n`;
      const { got, asked } = await between(path, bytes, { lines: [credentials(), `${name}: ${value}`] });
      expect(asked.headers[name.toLowerCase()]).toBe(value);
      expect([got.status, got.whole, headerOf(got, "etag")]).toEqual([304, true, '"v1"']);
      expect(headerOf(got, "last-modified")).toBe("Fri, 27 Nov 2026 10:00:00 GMT");
    }
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", (bytes: Buffer) => bytes], // it need not be what it says it is: nobody on the way opens it
  ] as const)(
    "an answer in %s comes byte for byte, short and long, by its length and in chunks",
    async (coding, encode) => {
      const random = createHash("sha512").update(coding).digest();
      for (const bytes of [0, 100, MB]) {
        const body = encode(
          Buffer.concat(Array.from({ length: Math.ceil(bytes / 64) }, () => random)).subarray(0, bytes),
        );
        const head = `${OK}Content-Type: application/octet-stream\r\nContent-Encoding: ${coding}\r\nETag: "z-${coding}"\r\n`;
        const chunk = body.length === 0 ? "" : `${body.length.toString(16)}\r\n${body.toString("latin1")}\r\n`;
        const inChunks = Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`, "latin1");
        for (const [answer, length] of [
          [answerOf(head, body), String(body.length)],
          [inChunks, undefined],
        ] as const) {
          const lines = [credentials(), `Accept-Encoding: ${coding}`];
          const { got, asked } = await between(path, answer, { lines });
          expect(asked.headers["accept-encoding"]).toBe(coding);
          expect([got.status, got.whole, got.body.equals(body)]).toEqual([200, true, true]);
          const told = ["content-encoding", "etag", "content-length"].map((name) => headerOf(got, name));
          expect(told, `${bytes} bytes`).toEqual([coding, `"z-${coding}"`, length]);
        }
      }
    },
  );

  it("a body of any type, or of none, is not looked at", async () => {
    const body = Buffer.from([0, 255, 254, 13, 10, 0x80, 26]);
    for (const type of ["text/html; charset=klingon", "application/json", "image/png", "nonsense", ""]) {
      const head = type === "" ? OK : `${OK}Content-Type: ${type}\r\n`;
      const { got } = await between(path, answerOf(head, body), { lines: [credentials()] });
      expect([got.status, got.body.equals(body), headerOf(got, "content-type") ?? ""]).toEqual([200, true, type]);
    }
  });

  it("an answer that ends when its connection closes comes whole, and so does an empty one", async () => {
    for (const body of ["hello", ""]) {
      const { got } = await between(path, ({ socket }) => void socket.end(`${OK}Connection: close\r\n\r\n${body}`), {
        lines: [credentials()],
      });
      expect([got.status, got.whole, got.body.toString()]).toEqual([200, true, body]);
    }
  });

  it("each cookie keeps its line", async () => {
    const cookies = ["a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT; Path=/", "b=2, 3", "a=4"];
    const head = `${OK}${cookies.map((each) => `Set-Cookie: ${each}\r\n`).join("")}`;
    const { got } = await between(path, answerOf(head, Buffer.from("hello")), { lines: [credentials()] });
    expect(got.headers.filter(([name]) => name === "set-cookie").map(([, value]) => value)).toEqual(cookies);
  });

  it("a 204 has no body", async () => {
    const { got } = await between(path, "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", { lines: [credentials()] });
    expect([got.status, got.whole, headerOf(got, "x-a"), headerOf(got, "content-length")]).toEqual([
      204,
      true,
      "b",
      undefined,
    ]);
  });

  it("trailers are left out by the runtime, and the answer is whole", async () => {
    const answer = `${OK}Transfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5\r\nhello\r\n0\r\nX-T: hush\r\n\r\n`;
    const { got } = await between(path, answer, { lines: [credentials()] });
    expect([got.status, got.whole, got.body.toString()]).toEqual([200, true, "hello"]);
  });
});

describe("S-83: a certificate, which Postern reads while it passes", () => {
  it.each([
    [
      "in chunks",
      (body: string) => `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ],
    ["without a length", (body: string) => `Connection: close\r\n\r\n${body}`],
  ] as const)("comes whole, %s", async (_, framed) => {
    origin.change(CERT_PROV, (answer) => {
      const text = answer.toString("latin1");
      const end = text.indexOf("\r\n\r\n") + 4;
      const head = text.slice(0, end).replaceAll(/(?:content-length|transfer-encoding|connection): [^\r]*\r\n/gi, "");
      return Buffer.from(head.slice(0, -2) + framed(text.slice(end)), "latin1");
    });
    try {
      const saml = await samlTicket(gateway, gateway.atDesk.bob);
      const { status, text } = await gateway.send(asProof(saml, gateway.bob.upn));
      expect([status, text.includes("BinarySecurityToken"), text.trimEnd().endsWith("Envelope>")]).toEqual([
        200,
        true,
        true,
      ]);
    } finally {
      origin.change(CERT_PROV, undefined);
    }
  });
});

describe("S-83: HEAD", () => {
  it.each(PLACES.filter(([path]) => !path.startsWith("/ucwa")))(
    "at %s tells the length and has no body",
    async (path, credentials) => {
      const head = `${OK}ETag: "v1"\r\nContent-Length: 50000000\r\n\r\n`;
      const { got, asked } = await between(path, head, { method: "HEAD", lines: [credentials()] });
      expect([asked.method, got.status, got.whole]).toEqual(["HEAD", 200, true]);
      expect([headerOf(got, "content-length"), headerOf(got, "etag")]).toEqual(["50000000", '"v1"']);
    },
  );
});

describe("S-83: a request's body", () => {
  const UPLOAD = "/CollabContent/up.bin";
  /** Answers with the SHA-256 of the body, when it has come. */
  const hashing = ({ socket, begun, headers }: RawAsked): void => {
    let came = begun;
    const done = (): Buffer | undefined => {
      const { "content-length": length } = headers;
      if (length !== undefined) return came.length >= Number(length) ? came : undefined;
      const { body, whole } = readAnswer(`${OK}Transfer-Encoding: chunked\r\n\r\n${came.toString("latin1")}`);
      return whole ? body : undefined;
    };
    const look = (): void => {
      const body = done();
      if (body === undefined) return;
      const text = createHash("sha256").update(body).digest("hex");
      socket.end(`${OK}Content-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`);
    };
    socket.on("data", (piece) => {
      came = Buffer.concat([came, piece]);
      look();
    });
    socket.resume();
    look();
  };
  const BODY = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 7) % 256));
  const DIGEST = createHash("sha256").update(BODY).digest("hex");

  it("arrives byte for byte by its length, with its type", async () => {
    const lines = ["Content-Type: image/x-nonsense"];
    const { got, asked } = await between(UPLOAD, hashing, { method: "POST", lines, body: BODY });
    expect([got.status, got.body.toString()]).toEqual([200, DIGEST]);
    expect(asked.headers).toMatchObject({ "content-length": String(BODY.length), "content-type": "image/x-nonsense" });
  });

  it("arrives byte for byte in chunks, with extensions and trailers left out", async () => {
    origin.answer(UPLOAD, hashing);
    const head = `POST ${UPLOAD} HTTP/1.1\r\nHost: web.contoso.test\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunks = [BODY.subarray(0, 1), BODY.subarray(1, 70_000), BODY.subarray(70_000)].map((chunk) =>
      Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]),
    );
    const bytes = Buffer.concat([Buffer.from(head), ...chunks, Buffer.from("0\r\n\r\n")]);
    const got = readAnswer((await rawExchange(gateway, bytes)).text);
    expect([got.status, got.body.toString()]).toEqual([200, DIGEST]);
    expect(origin.asked.at(-1)?.headers).toMatchObject({ "transfer-encoding": "chunked" });
  });

  it("that has no bytes arrives as none", async () => {
    const empty = ({ socket }: RawAsked) => void socket.write(`${OK}Content-Length: 0\r\n\r\n`);
    const { got, asked } = await between(UPLOAD, empty, { method: "POST", body: "" });
    expect([got.status, got.whole, asked.headers["content-length"]]).toEqual([200, true, "0"]);
  });

  it("that waits for `100 Continue` is asked for by the runtime; the Front-End hears nothing of it", async () => {
    origin.answer(UPLOAD, hashing);
    const { hostname, port } = new URL(gateway.gateway);
    const client = connect(Number(port), hostname);
    let text = "";
    const closed = new Promise((resolve) => client.once("close", resolve));
    const head = `POST ${UPLOAD} HTTP/1.1\r\nHost: web.contoso.test\r\nConnection: close\r\nExpect: 100-continue\r\n`;
    client.write(`${head}Content-Length: ${BODY.length}\r\n\r\n`);
    client.on("data", (piece) => {
      // Only now, as a client does that waits.
      if (text === "") client.write(BODY);
      text += piece.toString("latin1");
    });
    await closed;
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    expect(readAnswer(text).body.toString()).toBe(DIGEST);
    expect(origin.asked.at(-1)?.headers.expect).toBeUndefined();
  });
});

describe("S-83: bodies of 50 MB", () => {
  const SIZE = 50 * MB;
  /**
   * What the runtime may need more for twelve bodies of 50 MB than before, bytes. One body that is kept would be nearly
   * as much, all of them ten times as much.
   */
  const MORE_MEMORY = 96 * MB;
  /** What the buffers of sockets may take of a body that nobody reads, bytes. */
  const IN_BUFFERS = SIZE / 2 + 8 * MB;

  type Transfer = { readonly name: string; readonly client: Socket; readonly sent: () => number; got: number };

  /** Asks for 50 MB and does not read. */
  function download(path: string, credentials: string): Transfer {
    let sent = 0;
    origin.answer(path, ({ socket }) => {
      socket.write(`${OK}Content-Length: ${SIZE}\r\n\r\n`);
      pour(socket, SIZE, (total) => {
        sent = total;
      });
    });
    const client = open(
      `GET ${path} HTTP/1.1\r\nHost: web.contoso.test\r\nConnection: close\r\n${credentials}\r\n\r\n`,
    );
    return { name: path, client, sent: () => sent, got: 0 };
  }

  /** Sends 50 MB to an origin that does not read until `read` is called. */
  function upload(path: string): Transfer & { readonly read: () => void } {
    let sent = 0;
    let arrived: (socket: Socket) => void = () => undefined;
    const came = new Promise<Socket>((resolve) => {
      arrived = resolve;
    });
    const transfer = {
      ...{ name: path, sent: () => sent, got: 0 },
      client: open(
        `POST ${path} HTTP/1.1\r\nHost: web.contoso.test\r\nConnection: close\r\nContent-Length: ${SIZE}\r\n\r\n`,
      ),
      read: () =>
        void came.then((socket) => {
          socket.on("data", (piece) => {
            transfer.got += piece.length;
            if (transfer.got === SIZE) socket.end(`${OK}Content-Length: 2\r\nConnection: close\r\n\r\nok`);
          });
          socket.resume();
        }),
    };
    origin.answer(path, ({ socket, begun }) => {
      transfer.got = begun.length;
      arrived(socket);
    });
    pour(transfer.client, SIZE, (total) => {
      sent = total;
    });
    return transfer;
  }

  function open(head: string): Socket {
    const { hostname, port } = new URL(gateway.gateway);
    const client = connect(Number(port), hostname);
    client.pause();
    client.write(head);
    return client;
  }

  // how much memory a process has used is in /proc
  it.skipIf(process.platform !== "linux")(
    "side by side, with nobody reading at first: both ends wait, and the gateway keeps none of them",
    async () => {
      const id = workerd();
      forgetMost(id);
      const before = mostOf(id);
      const downloads = [1, 2].flatMap((n) =>
        PLACES.map(([path, credentials]) => download(`${path}${n}`, credentials())),
      );
      const uploads = [1, 2, 3].flatMap((n) => [upload(`/DataCollabWeb/up${n}`), upload(`/CollabContent/up${n}`)]);
      const all = [...downloads, ...uploads];
      await expect.poll(() => all.every(({ sent }) => sent() > 0)).toBe(true);
      await settled(() => all.reduce((sum, { sent }) => sum + sent(), 0));
      for (const { name, sent } of all) expect(sent(), name).toBeLessThan(IN_BUFFERS);

      await Promise.all([
        ...downloads.map(async (each) => {
          let headBytes = 0;
          const ended = new Promise((resolve) => each.client.once("close", resolve));
          each.client.on("data", (piece) => {
            if (headBytes === 0) headBytes = piece.indexOf("\r\n\r\n") + 4;
            each.got += piece.length;
          });
          each.client.resume();
          await ended;
          expect(each.got - headBytes, each.name).toBe(SIZE);
        }),
        ...uploads.map(async (each) => {
          let text = "";
          const ended = new Promise((resolve) => each.client.once("close", resolve));
          each.client.on("data", (piece) => {
            text += piece.toString("latin1");
          });
          each.client.resume();
          each.read();
          await ended;
          expect([each.got, readAnswer(text).body.toString()], each.name).toEqual([SIZE, "ok"]);
        }),
      ]);
      expect(mostOf(id) - before).toBeLessThan(MORE_MEMORY);
    },
  );
});
