// The organisation's SMTP relay: Debian's aiosmtpd, which takes mail after STARTTLS and a password (mail_server.py). A
// test reads what has arrived, stops the server and starts it again, and lets it misbehave as relays do.

import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { freePort } from "../../kit/free-port.ts";
import { type Server, startServer, untilReady } from "../ad/process.ts";
import type { Requirement } from "../requirements.ts";
import { newCertificate } from "./certificates.ts";

/** What it needs of the machine. */
export const MAIL_REQUIREMENTS: readonly Requirement[] = [
  { file: "/usr/lib/python3/dist-packages/aiosmtpd/smtp.py", debianPackage: "python3-aiosmtpd" },
];

/** One message that has arrived. */
export type Arrived = {
  readonly from: string;
  readonly to: string;
  /** The whole message as it came: headers and body, encoded. */
  readonly text: string;
  /** The value of a header, unfolded, still encoded; undefined if there is none. */
  readonly header: (name: string) => string | undefined;
};

/** A running relay. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** The certificate of the authority that a client has to trust. The server's name is `localhost`. */
  readonly caFile: string;
  readonly user: string;
  readonly password: string;
  /** All messages since the first start, in no order. */
  arrived(): Promise<readonly Arrived[]>;
  /** From now on it answers each recipient with this line, such as `451 4.3.0 later`. */
  refuse(line: string): Promise<void>;
  /** It takes the next message, and then the connection is lost before it can say so. */
  hangUpOnce(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Starts a relay that keeps its files in `folder`, which it makes. */
export async function startMailServer(folder: string): Promise<MailServer> {
  await mkdir(folder);
  const host = "127.0.0.1";
  const port = await freePort();
  const tls = await newCertificate(join(folder, "certificates"), ["localhost"], [host]);
  const box = join(folder, "arrived");
  await mkdir(box);
  const user = "postern";
  const password = randomBytes(12).toString("base64url");
  let server: Server | undefined;
  const start = async (): Promise<void> => {
    await server?.stop();
    const program = join(import.meta.dirname, "mail_server.py");
    const argv = [program, host, String(port), tls.certificate, tls.key, box, user, password];
    server = startServer(["/usr/bin/python3", ...argv], join(folder, "mail-server.output"), {});
    await untilReady(server, "the mail server", () => answers(host, port));
  };
  await start();
  return {
    ...{ host, port, caFile: tls.ca, user, password, start },
    arrived: async () => {
      const names = (await readdir(box)).filter((name) => /^[^.].*\.eml$/.test(name));
      return Promise.all(names.map(async (name) => read(await readFile(join(box, name), "latin1"))));
    },
    refuse: (line) => writeFile(join(box, "refuse"), line),
    hangUpOnce: () => writeFile(join(box, "hang-up"), ""),
    stop: async () => {
      await server?.stop();
    },
  };
}

function read(text: string): Arrived {
  const [head = ""] = text.split("\r\n\r\n");
  const unfolded = head.replace(/\r\n[ \t]+/g, " ");
  const header = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "im").exec(unfolded)?.[1]?.trim();
  return { from: header("X-From") ?? "", to: header("X-To") ?? "", text, header };
}

/** Whether somebody there greets as an SMTP server does. */
const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, host);
    const end = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.once("error", () => end(false));
    socket.once("data", (greeting) => end(String(greeting).startsWith("220 ")));
  });
