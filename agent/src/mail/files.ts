// The files that `mail` of the configuration names, read when the agent starts: the account at the relay, the authority
// of its certificate, and the texts. Every fault is a sentence with its fix.

import { readFileSync } from "node:fs";
import type { Secret } from "../config/secrets.ts";
import type { MailSettings } from "./settings.ts";
import { readTexts } from "./texts.ts";
import type { Texts } from "./words.ts";

/** What the files of `mail` hold. */
export type MailFiles = {
  /** Undefined: the relay wants no account. */
  readonly account: { readonly user: Secret; readonly password: Secret } | undefined;
  /** PEM. Undefined: the machine trusts the relay's certificate anyway. */
  readonly ca: string | undefined;
  readonly texts: Texts;
};

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost)$/;

/** Reads them. `secret`: reads one secret, and notes its fault. */
export function readMailFiles(
  { relay, templates, language }: MailSettings,
  secret: (setting: string, name: string) => Secret,
  faults: string[],
): MailFiles {
  const { userFile, passwordFile } = relay;
  if ((userFile === undefined) !== (passwordFile === undefined)) {
    faults.push(
      "mail.relay has only one of userFile and passwordFile. Give both, or neither for a relay that wants no account.",
    );
  }
  if (relay.tls === "none" && !LOOPBACK.test(relay.host)) {
    faults.push(
      'mail.relay.tls is "none", so mail would leave this machine in clear. Give "starttls" or "tls"; "none" is for a relay on 127.0.0.1.',
    );
  }
  const read = readTexts(templates, language);
  if ("faults" in read) faults.push(...read.faults);
  return {
    account:
      userFile === undefined || passwordFile === undefined
        ? undefined
        : {
            user: secret("mail.relay.userFile", userFile),
            password: secret("mail.relay.passwordFile", passwordFile),
          },
    ca: relay.caFile === undefined ? undefined : readCa(relay.caFile, faults),
    texts: "texts" in read ? read.texts : new Map(),
  };
}

function readCa(path: string, faults: string[]): string | undefined {
  try {
    const text = readFileSync(path, "utf8");
    if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
    faults.push(`mail.relay.caFile: ${path} has no certificate in PEM. Export it as Base-64.`);
  } catch (fault) {
    const { code = "unknown" } = fault as NodeJS.ErrnoException;
    faults.push(`mail.relay.caFile: ${path} cannot be read (${code}). Put the certificate of the relay's CA there.`);
  }
  return undefined;
}
