// Whether a 50 MB download passes through in constant memory: compares the resident size of workerd during the download
// with its size before. Measured with fast and with slow readers: the bytes that a slow client has not read yet must
// stay at the Front-End.

import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { phoneTicket, WEB_HOST } from "./client.ts";
import { getRequest, runLoad } from "./load.ts";
import { LARGE_BYTES, LARGE_PATH } from "./origin.ts";
import { residentBytes } from "./process.ts";
import { judged, type Row } from "./report.ts";
import type { Stand } from "./stand.ts";

const SAMPLE_MS = 10;
const SLOW_READERS = 4;
/** A slow reader takes at most 64 KB and then rests: 20 MB/s or less. */
const REST_MS = 3;
const TARGET_MB = 40;
const MB = 1024 * 1024;

export async function measureDownload(stand: Stand): Promise<Row[]> {
  const { ticket } = await phoneTicket(await stand.portOf("postern-sign-in"), await stand.addUser("downloader"));
  const port = await stand.portOf("postern");
  const headers = { Host: WEB_HOST, "X-MS-WebTicket": `cwt=${ticket}` };
  const small = getRequest("/abs/handler/small.lsabs", headers);
  await runLoad({ port, requests: [small], connections: 8, ms: 1_000 }); // code compiled, heap at its working size
  const large = getRequest(LARGE_PATH, headers);
  const one = await growthDuring(stand.pid, () => download(port, large, 0));
  const several = await growthDuring(stand.pid, () =>
    Promise.all(Array.from({ length: SLOW_READERS }, () => download(port, large, REST_MS))),
  );
  return [
    row("memory while 50 MB stream", one),
    row(`memory while ${SLOW_READERS} × 50 MB stream to slow readers`, several),
  ];
}

function row(name: string, growth: number): Row {
  return judged(name, `+${(growth / MB).toFixed(1)} MB at the peak`, `< ${TARGET_MB} MB`, growth < TARGET_MB * MB);
}

/** Peak of the resident size during `work`, above the size before it. */
async function growthDuring(pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = residentBytes(pid);
  let peak = before;
  const sampling = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid));
  }, SAMPLE_MS);
  try {
    await work();
  } finally {
    clearInterval(sampling);
  }
  return Math.max(peak, residentBytes(pid)) - before;
}

/** Reads one whole download and throws it away; rests after each read. */
function download(port: number, request: Buffer, restMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    let received = 0;
    let bodyStart: number | undefined;
    socket.once("connect", () => socket.write(request));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error(`the download broke off after ${received} bytes`)));
    socket.on("data", (bytes: Buffer) => {
      if (bodyStart === undefined) {
        const headEnd = bytes.indexOf("\r\n\r\n");
        if (headEnd < 0 || !bytes.toString("latin1", 0, 12).endsWith("200")) {
          reject(new Error(`no download: ${bytes.toString("latin1", 0, 200)}`));
          return;
        }
        bodyStart = headEnd + 4;
      }
      received += bytes.length;
      if (received - bodyStart >= LARGE_BYTES) {
        socket.removeAllListeners("close");
        socket.destroy();
        resolve();
      } else if (restMs > 0) {
        socket.pause();
        void wait(restMs).then(() => socket.resume());
      }
    });
  });
}
