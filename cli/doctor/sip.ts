// One REGISTER to a SIP Access Edge over TLS, without credentials, and the challenges that it answers with.

import { randomBytes } from "node:crypto";
import { connect } from "node:tls";
import { codeOf } from "../files.ts";

/** What an edge offers. */
export type Offered =
  | { readonly kind: "offered"; readonly status: number; readonly schemes: readonly string[] }
  | { readonly kind: "silent"; readonly code: string };

const MAX_BYTES = 64 * 1024;

/** Asks. `domain`: a user of it registers, who does not exist. */
export function register(
  at: { address: string; port: number; servername: string },
  domain: string,
  withinMs: number,
): Promise<Offered> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(
      { host: at.address, port: at.port, servername: at.servername, rejectUnauthorized: false },
      () => socket.write(registration(domain)),
    );
    const end = (offered: Offered): void => {
      resolve(offered);
      socket.destroy();
    };
    socket.setTimeout(withinMs, () => end({ kind: "silent", code: "no answer in time" }));
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("\r\n\r\n")) end(readOffer(text));
      else if (text.length > MAX_BYTES) end({ kind: "silent", code: "an endless answer" });
    });
    socket.on("error", (fault) => end({ kind: "silent", code: codeOf(fault) }));
    socket.on("close", () => end({ kind: "silent", code: "closed" }));
  });
}

/** Reads the head of the answer (RFC 3261, 7.2). */
export function readOffer(text: string): Offered {
  const [, status] = /^SIP\/2\.0 (\d{3}) /.exec(text) ?? [];
  if (status === undefined) return { kind: "silent", code: "no SIP" };
  const schemes = [...text.matchAll(/^(?:WWW|Proxy)-Authenticate:\s*([\w-]+)/gim)].map(([, scheme]) => scheme ?? "");
  return { kind: "offered", status: Number(status), schemes: [...new Set(schemes)] };
}

/** As Lync 2013 begins, shortened to what an edge needs to answer. */
function registration(domain: string): string {
  const id = (bytes: number): string => randomBytes(bytes).toString("hex");
  const user = `sip:postern-doctor-${id(4)}@${domain}`;
  return [
    `REGISTER sip:${domain} SIP/2.0`,
    `Via: SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK${id(8)}`,
    "Max-Forwards: 70",
    `From: <${user}>;tag=${id(5)};epid=${id(5)}`,
    `To: <${user}>`,
    `Call-ID: ${id(16)}`,
    "CSeq: 1 REGISTER",
    `Contact: <sip:192.0.2.1:5061;transport=tls>;methods="INVITE, MESSAGE";proxy=replace`,
    "User-Agent: UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Microsoft Lync)",
    "Supported: gruu-10, adhoclist, msrtc-event-categories",
    "Event: registration",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}
