// `mail` of the configuration: which relay, who it comes from, and in which words.

import * as v from "valibot";
import { secretFile } from "../config/gateway.ts";

const HOST = 'Give the name of the relay as its certificate has it, e.g. "smtp.corp.contoso.com".';
const ADDRESS = 'Give one mail address, e.g. "postern@contoso.com".';
const NAME = "Give one line of text, at most 100 characters.";
const PATH = "Give a path from the root.";
const TLS =
  'Give "starttls" (usual with port 587 and 25), "tls" (usual with port 465) or, only on a machine that is its own relay, "none".';

/** One plain mailbox of one host: no quotes, no second address, nothing that could end a header line. */
const MAILBOX = /^[^\s"(),:;<>@[\\\]\p{Cc}]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u;
const MAX_ADDRESS_CHARS = 254;

/** Whether mail can be sent to this text. */
export const isMailbox = (text: string): boolean => text.length <= MAX_ADDRESS_CHARS && MAILBOX.test(text);

const mailbox = v.pipe(v.string(ADDRESS), v.check(isMailbox, ADDRESS));
const line = v.pipe(v.string(NAME), v.regex(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,100}$/u, NAME));
const path = v.pipe(v.string(PATH), v.regex(/^\/./, PATH));
const whole = (least: number, most: number) => {
  const fix = `Give a whole number from ${least} to ${most}.`;
  return v.pipe(v.number(fix), v.integer(fix), v.minValue(least, fix), v.maxValue(most, fix));
};

const relaySchema = v.strictObject({
  host: v.pipe(v.string(HOST), v.regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, HOST)),
  port: v.optional(whole(1, 65_535), 587),
  tls: v.optional(v.picklist(["starttls", "tls", "none"], TLS), "starttls"),
  /** PEM: the authority of the relay's certificate, if the machine does not trust it anyway. */
  caFile: v.optional(path),
  /** What the relay is told this machine is called. */
  name: v.optional(v.pipe(v.string(HOST), v.regex(/^[A-Za-z0-9.-]+$/, HOST))),
  userFile: v.optional(secretFile),
  passwordFile: v.optional(secretFile),
});

/** `mail`. */
export const mailSchema = v.strictObject({
  relay: relaySchema,
  from: v.strictObject({ name: v.optional(line, "Postern"), address: mailbox }),
  replyTo: v.optional(mailbox),
  /** Stands in the texts. */
  organisation: line,
  /** Where people get help: stands at the end of the texts. */
  contact: v.optional(line),
  /** For people whose language is not known. */
  language: v.optional(v.pipe(v.string(), v.regex(/^[a-z]{2}$/, 'Give two letters, e.g. "de".')), "en"),
  /** Of the times in the texts. */
  timeZone: v.optional(
    v.pipe(v.string(), v.check(isTimeZone, 'Give the name of a time zone, e.g. "Europe/Berlin".')),
    "UTC",
  ),
  /** A folder of the organisation's own texts. What it has goes before the agent's. */
  templates: v.optional(path),
  /** Where the agent writes down what it is sending. */
  stateDir: v.optional(path, "/var/lib/postern-agent"),
  everySeconds: v.optional(whole(5, 600), 30),
});

/** `mail` of the configuration. */
export type MailSettings = v.InferOutput<typeof mailSchema>;

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
