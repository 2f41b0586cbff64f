// A SIP server that knows one answer. REGISTER gets a TLS-DSK challenge that names the certificate provisioning service
// (MS-SIPAE 2.2.2). So SIPE goes to CertProv for a client certificate. Its next REGISTER opens the TLS-DSK handshake
// with `gssapi-data`. SIPE can only do that with the certificate, so this REGISTER proves a full sign-in.

import type { Socket } from "node:net";
import { createServer } from "node:tls";
import { type Certificate, listen } from "../tls-front.ts";

/** The running stub. `registers` holds each REGISTER received so far, as text. */
export interface SipStub {
  readonly port: number;
  readonly registers: readonly string[];
  /** True when a REGISTER has arrived that only a client with a certificate can send. */
  hasCertifiedRegister(): boolean;
  close(): Promise<void>;
}

/**
 * Starts the stub on a free port of 127.0.0.1. It waits for `meanwhile`, and then tells clients `stsUri` as the address
 * of CertProv.
 */
export async function startSipStub(options: {
  host: string;
  stsUri: string;
  certificate: Certificate;
  meanwhile: () => Promise<unknown>;
}): Promise<SipStub> {
  const registers: string[] = [];
  const open = new Set<Socket>();
  const server = createServer({ ...options.certificate }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    let pending = "";
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      pending += text;
      for (let end = endOfMessage(pending); end !== undefined; end = endOfMessage(pending)) {
        const message = pending.slice(0, end).trimStart();
        pending = pending.slice(end);
        if (!message.startsWith("REGISTER ")) continue;
        registers.push(message);
        if (!isCertified(message)) void options.meanwhile().then(() => socket.write(challenge(message, options)));
      }
    });
  });
  const port = await listen(server);
  return {
    port,
    registers,
    hasCertifiedRegister: () => registers.some(isCertified),
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

function isCertified(register: string): boolean {
  return /^Authorization: TLS-DSK .*gssapi-data="?[A-Za-z0-9+/]/im.test(register);
}

/** Length of the first whole message (head and body), or undefined while it is incomplete. */
function endOfMessage(text: string): number | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const length = /^Content-Length:\s*(\d+)/im.exec(text.slice(0, headEnd))?.[1] ?? "0";
  const end = headEnd + 4 + Number(length);
  return text.length >= end ? end : undefined;
}

function challenge(register: string, { host, stsUri }: { host: string; stsUri: string }): string {
  const header = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "im").exec(register)?.[1]?.trim() ?? "";
  return [
    "SIP/2.0 401 Unauthorized",
    `Via: ${header("Via")}`,
    `From: ${header("From")}`,
    `To: ${header("To")};tag=5061`,
    `Call-ID: ${header("Call-ID")}`,
    `CSeq: ${header("CSeq")}`,
    `WWW-Authenticate: TLS-DSK realm="SIP Communications Service", targetname="${host}", version=4, sts-uri="${stsUri}"`,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}
