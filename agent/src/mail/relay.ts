// The organisation's SMTP relay. TLS is required. Each mail ends as accepted, refused for good, or for another time;
// and what concerns every mail, such as a wrong password, is told apart from what concerns one.

import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { MailFiles } from "./files.ts";
import type { MailSettings } from "./settings.ts";

/** A mail, as bytes. */
export type Letter = { readonly from: string; readonly to: string; readonly bytes: Buffer };

/**
 * What became of a mail. `later`: the relay wants it at another time. `away`: the relay takes no mail at all now.
 * `unknown`: the connection was lost between the text and the relay's answer. `detail`: the relay's words.
 */
export type Sent =
  | { readonly end: "accepted" }
  | { readonly end: "refused" | "later" | "away" | "unknown"; readonly detail: string };

/** Where mail is handed over. */
export interface Relay {
  /**
   * Hands one mail over. `onText` runs when the relay waits for the text, before the first byte of it leaves; when it
   * throws, nothing leaves.
   */
  send(letter: Letter, onText: () => void): Promise<Sent>;
  /** Undefined: the relay takes the agent's mail. Else why not. */
  check(): Promise<string | undefined>;
  /** Ends the connection, if there is one. */
  close(): void;
}

const CONNECT_WITHIN_MS = 10_000;
/** The longest silence. A mail then takes no longer than the two minutes for which it was taken from the gateway. */
const SILENCE_MS = 30_000;
const MAX_DETAIL_CHARS = 180;

/** A fault of nodemailer's: where it happened, and the relay's words if it said any. */
type Fault = Error & {
  readonly code?: string | undefined;
  readonly command?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
};

/** The relay of the configuration. It opens no connection before the first mail. */
export function relayOf({ relay }: Pick<MailSettings, "relay">, files: Pick<MailFiles, "account" | "ca">): Relay {
  const { account } = files;
  const ca = files.ca === undefined ? {} : { ca: files.ca };
  let open: SMTPConnection | undefined;

  /** Opens a connection and signs in. Rejects with a {@link Fault}. */
  const connected = (): Promise<SMTPConnection> =>
    new Promise((resolve, reject) => {
      const connection = new SMTPConnection({
        ...{ host: relay.host, port: relay.port, secure: relay.tls === "tls" },
        ...{ requireTLS: relay.tls === "starttls", ignoreTLS: relay.tls === "none" },
        ...{ connectionTimeout: CONNECT_WITHIN_MS, greetingTimeout: CONNECT_WITHIN_MS, socketTimeout: SILENCE_MS },
        tls: { minVersion: "TLSv1.2", servername: relay.host, ...ca },
        ...(relay.name !== undefined && { name: relay.name }),
      });
      const failed = (fault: Error): void => {
        connection.close();
        reject(fault);
      };
      connection.on("error", (fault) => {
        if (open === connection) open = undefined;
        failed(fault);
      });
      connection.on("end", () => {
        if (open === connection) open = undefined;
      });
      connection.connect((fault) => {
        if (fault) return failed(fault);
        if (account === undefined) return resolve(connection);
        const credentials = { user: account.user.reveal(), pass: account.password.reveal() };
        connection.login({ credentials }, (refused) => (refused ? failed(refused) : resolve(connection)));
      });
    });

  const close = (): void => {
    open?.quit();
    open = undefined;
  };

  return {
    close,
    async check() {
      try {
        open ??= await connected();
        return undefined;
      } catch (fault) {
        return detailOf(fault as Fault);
      } finally {
        close();
      }
    },
    async send({ from, to, bytes }, onText) {
      let connection: SMTPConnection;
      try {
        connection = open ??= await connected();
      } catch (fault) {
        return { end: "away", detail: detailOf(fault as Fault) };
      }
      let began = false;
      // Read when the relay has answered 354, and not before.
      const text = new Readable({
        read() {
          try {
            onText();
            began = true;
            this.push(bytes);
            this.push(null);
          } catch (fault) {
            this.destroy(fault as Error);
          }
        },
      });
      const fault = await new Promise<Fault | null>((resolve) => {
        connection.send({ from, to, size: bytes.length }, text, (failed) => resolve(failed));
      });
      if (fault === null) return { end: "accepted" };
      // Where the conversation stands is not known any more.
      connection.close();
      open = undefined;
      return { end: endOf(fault, began), detail: detailOf(fault) };
    },
  };
}

function endOf({ responseCode, command, code }: Fault, began: boolean): Exclude<Sent["end"], "accepted"> {
  if (responseCode === undefined || command === "CONN") return began ? "unknown" : "away";
  if (responseCode === 421 || code === "EAUTH") return "away";
  // What the relay says of the sender, it says of every mail.
  if (command === "MAIL FROM" && responseCode !== 452 && responseCode !== 552) return "away";
  // "Authentication required" and "TLS required" are about the agent.
  if (responseCode === 530 || responseCode === 535 || responseCode === 538) return "away";
  return responseCode >= 500 ? "refused" : "later";
}

/** The relay's own words, on one line, bounded. They may quote the address, and never the text. */
function detailOf(fault: Fault): string {
  const said = fault.response ?? `${fault.code ?? ""} ${fault.message}`;
  return said
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, MAX_DETAIL_CHARS);
}
