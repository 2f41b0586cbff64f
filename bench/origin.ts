// The Front-End of the throughput and memory runs, in a separate process: fixed bytes over plain sockets. It does not
// parse HTTP, because a slow Front-End would hide the cost of the proxies. Every request must fit into one read, which
// workerd's GET requests do.
//
//   node bench/origin.ts      prints the port; ends with its standard input

import { createServer, type Socket } from "node:net";

/** Answered with {@link LARGE_BYTES} bytes; everything else with a small JSON document. */
export const LARGE_PATH = "/abs/handler/large.lsabs";
export const LARGE_BYTES = 50 * 1024 * 1024;

const BLOCK = Buffer.alloc(64 * 1024, "postern ");

// What a Front-End sends: the headers a gateway has to look at and to clean.
const HEADERS = [
  "HTTP/1.1 200 OK",
  "Cache-Control: no-cache",
  "Server: Microsoft-IIS/8.5",
  "X-MS-server-fqdn: fe01.contoso.local",
  "X-AspNet-Version: 4.0.30319",
  "X-Powered-By: ASP.NET",
  "X-Content-Type-Options: nosniff",
  "Date: Mon, 23 Nov 2026 14:00:00 GMT",
];

const DOCUMENT = JSON.stringify({
  culture: "en-US",
  userAgent: "bench",
  _links: {
    self: { href: "/ucwa/oauth/v1/applications/10" },
    events: { href: "/ucwa/oauth/v1/applications/10/events?ack=1" },
  },
  rel: "application",
});

const head = (type: string, length: number): string =>
  [...HEADERS, `Content-Type: ${type}`, `Content-Length: ${length}`, "", ""].join("\r\n");
const small = Buffer.from(head("application/json; charset=utf-8", DOCUMENT.length) + DOCUMENT);
const largeHead = Buffer.from(head("application/octet-stream", LARGE_BYTES));

function serve(socket: Socket): void {
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (request) => {
    if (request.includes(`GET ${LARGE_PATH} `)) sendLarge(socket);
    else socket.write(small);
  });
}

function sendLarge(socket: Socket): void {
  let left = LARGE_BYTES;
  const more = (): void => {
    while (left > 0) {
      const block = left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK;
      left -= block.length;
      if (!socket.write(block)) {
        socket.once("drain", more);
        return;
      }
    }
  };
  socket.write(largeHead);
  more();
}

if (import.meta.main) {
  const server = createServer(serve);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    console.log(typeof address === "object" && address !== null ? address.port : "");
  });
  process.stdin.resume().on("end", () => process.exit(0));
}
