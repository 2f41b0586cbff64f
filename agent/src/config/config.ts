// The configuration: one JSON file, read once and checked whole. Every fault is a sentence with its fix. With a fault
// the agent does not start.

import { readFileSync } from "node:fs";
import * as v from "valibot";
import { enrolmentSchema, withPaths } from "../enrol/settings.ts";
import { type MailFiles, readMailFiles } from "../mail/files.ts";
import { mailSchema } from "../mail/settings.ts";
import { directorySchema, syncSchema, whole } from "./directory.ts";
import { faultsIn } from "./faults.ts";
import { gatewaySchema } from "./gateway.ts";
import { type Places, readSecret, type Secret } from "./secrets.ts";

const HOST = "Give an IP address of this machine.";

/** Where `/live`, `/ready` and `/metrics` are. */
const listenSchema = v.strictObject({
  host: v.optional(v.pipe(v.string(HOST), v.regex(/^[0-9A-Fa-f:.]+$/, HOST)), "127.0.0.1"),
  port: v.optional(whole(0, 65_535), 8481),
});

const fileSchema = v.strictObject({
  gateway: gatewaySchema,
  directory: directorySchema,
  sync: v.optional(syncSchema, {}),
  enrolment: v.optional(enrolmentSchema),
  mail: v.optional(mailSchema),
  listen: v.optional(listenSchema, {}),
});

/** The configuration, validated, with the secrets of the files that it names. */
export type Config = v.InferOutput<typeof fileSchema> & { readonly secrets: Secrets };

/** What the files of the configuration hold. */
export type Secrets = {
  readonly token: Secret;
  readonly access: { readonly id: Secret; readonly secret: Secret } | undefined;
  readonly bindPassword: Secret;
  /** PEM. */
  readonly ca: string | undefined;
  /** Undefined: the configuration has no mail. */
  readonly mail?: MailFiles | undefined;
};

export type Read = { readonly config: Config } | { readonly faults: readonly string[] };

/** Reads the text of a configuration file, and the files of secrets that it names. */
export function readConfig(text: string, places: Places): Read {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (fault) {
    return {
      faults: [
        `The file is not JSON: ${String(fault)}. Correct it there. JSON has no comments and no trailing commas.`,
      ],
    };
  }
  const read = v.safeParse(fileSchema, json);
  if (!read.success) return { faults: faultsIn(read.issues) };
  const faults: string[] = [];
  const secret = (setting: string, name: string): Secret => {
    const found = readSecret(setting, name, places);
    if (typeof found !== "string") return found;
    faults.push(found);
    return { reveal: () => "" };
  };
  const { gateway, directory, enrolment, mail } = read.output;
  const { access } = gateway;
  const secrets: Secrets = {
    token: secret("gateway.tokenFile", gateway.tokenFile),
    access: access && {
      id: secret("gateway.access.idFile", access.idFile),
      secret: secret("gateway.access.secretFile", access.secretFile),
    },
    bindPassword: secret("directory.bind.passwordFile", directory.bind.passwordFile),
    ca: directory.caFile === undefined ? undefined : readCertificates(directory.caFile, faults),
    mail: mail && readMailFiles(mail, secret, faults),
  };
  if (gateway.host !== undefined && !gateway.url.startsWith("http:")) {
    faults.push(
      "gateway.host is for a gateway of npm start on this machine. Leave it out, and name the host in gateway.url.",
    );
  }
  const paths = enrolment && { enrolment: withPaths(enrolment, places, faults) };
  return faults.length > 0 ? { faults } : { config: { ...read.output, ...paths, secrets } };
}

function readCertificates(path: string, faults: string[]): string | undefined {
  try {
    const text = readFileSync(path, "utf8");
    if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
    faults.push(
      `directory.caFile: ${path} has no certificate in PEM. Export it as Base-64 (certutil -encode), with BEGIN CERTIFICATE in it.`,
    );
  } catch (fault) {
    const { code = "unknown" } = fault as NodeJS.ErrnoException;
    faults.push(`directory.caFile: ${path} cannot be read (${code}). Put the CA's certificate there, in PEM.`);
  }
  return undefined;
}
