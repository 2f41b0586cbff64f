// A Front-End that answers with the bytes a test gives it, right or wrong. A path without a script is answered by the
// simulator, so that people can sign in.

import { connect, createServer, type Socket } from "node:net";
import { listen } from "../../../simulator/listen.ts";

/** One request as it came. */
export type RawAsked = {
  readonly method: string;
  readonly path: string;
  /** By lower-case name; lines of one name are joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** To write the answer, and to read the body. */
  readonly socket: Socket;
  /** The bytes of the body that came together with the head. */
  readonly begun: Buffer;
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
};

/** What the origin does with a request. */
type Script = (asked: RawAsked) => void;

/** What becomes of an answer of the simulator, head and body. */
type Change = (answer: Buffer) => Uint8Array;

/** A running origin. */
export type RawOrigin = {
  readonly url: string;
  /** Every request to a path with a script, in order. */
  readonly asked: readonly RawAsked[];
  /**
   * From now on requests to this path are answered so. A connection that the script leaves open takes another request,
   * unless this one had a body.
   */
  readonly answer: (path: string, script: Script | string | Uint8Array) => void;
  /**
   * From now on the simulator's answers at this path come as `change` makes them, and then the connection closes.
   * Undefined: as they are.
   */
  readonly change: (path: string, change: Change | undefined) => void;
  readonly stop: () => Promise<void>;
};

const END_OF_HEAD = "\r\n\r\n";

/**
 * Starts an origin before `simulator`, the base URL of the simulator, which is asked for when a request comes.
 * `wanted`: its port; 0 takes any free one.
 */
export async function startRawOrigin(simulator: () => string, wanted = 0): Promise<RawOrigin> {
  const scripts = new Map<string, Script>();
  const changes = new Map<string, Change>();
  const asked: RawAsked[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  const server = createServer((socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    let got = Buffer.alloc(0);
    const read = (bytes: Buffer): void => {
      got = Buffer.concat([got, bytes]);
      const end = got.indexOf(END_OF_HEAD);
      if (end < 0) return;
      const head = got.subarray(0, end).toString("latin1");
      const begun = got.subarray(end + END_OF_HEAD.length);
      const request = { ...readHead(head), socket, begun, connection };
      const script = scripts.get(request.path.replace(/\?.*/, ""));
      if (script === undefined) {
        socket.off("data", read);
        pass(socket, { head, begun }, simulator(), changes.get(request.path));
        return;
      }
      got = Buffer.alloc(0);
      if (hasBody(request.headers)) {
        socket.off("data", read);
        socket.pause();
      }
      asked.push(request);
      script(request);
    };
    socket.on("data", read);
  });
  // node:http's servers listen in the same way
  const port = await listen(server as Parameters<typeof listen>[0], wanted);
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    answer: (path, script) =>
      scripts.set(path, typeof script === "function" ? script : ({ socket }) => socket.write(script)),
    change: (path, change) => (change === undefined ? changes.delete(path) : changes.set(path, change)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const hasBody = (headers: RawAsked["headers"]): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

function readHead(head: string): Pick<RawAsked, "method" | "path" | "headers"> {
  const [line = "", ...lines] = head.split("\r\n");
  const [method = "", path = ""] = line.split(" ");
  const headers: Record<string, string> = {};
  for (const each of lines) {
    const name = each.slice(0, each.indexOf(":")).toLowerCase();
    const value = each.slice(each.indexOf(":") + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return { method, path, headers };
}

/** Hands one request, and with it the connection, to the simulator. */
function pass(
  socket: Socket,
  { head, begun }: { readonly head: string; readonly begun: Buffer },
  url: string,
  change: Change | undefined,
): void {
  const { hostname, port } = new URL(url);
  const onward = connect(Number(port), hostname);
  onward.on("error", () => socket.destroy());
  socket.on("close", () => onward.destroy());
  onward.write(`${head}\r\nConnection: close${END_OF_HEAD}`, "latin1");
  onward.write(begun);
  socket.pipe(onward);
  if (change === undefined) return void onward.pipe(socket);
  const pieces: Buffer[] = [];
  onward.on("data", (piece) => pieces.push(piece));
  onward.on("end", () => socket.end(change(Buffer.concat(pieces))));
}
