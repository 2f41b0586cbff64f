// Reads which notices this deployment sends. The Worker and its guards use the same reading.

import { words } from "../core/text/words.ts";
import { isNoticeKind, NOTICE_KINDS, type NoticeKind } from "./kinds.ts";

/** The variables of the notices. */
export type NoticeEnv = {
  readonly NOTICES?: string;
  readonly NOTICE_HELPDESK?: string;
  readonly NOTICE_PASSWORD_DAYS?: string;
};

/** Which notices are queued. */
export type NoticeSettings = {
  readonly kinds: ReadonlySet<NoticeKind>;
  /** Where mail to the help desk goes. Undefined: it gets none. */
  readonly helpdesk: string | undefined;
  /** How many days before its end an app password is announced. */
  readonly passwordDays: number;
};

/** The word for no notices at all. */
const NONE = "none";
/** Two working days and the weekend between them. */
const DEFAULT_PASSWORD_DAYS = 7;
/** What became of a notice is known for thirty days. So an app password is announced once. */
const MAX_PASSWORD_DAYS = 28;
/** RFC 5321, 4.5.3.1. */
const MAX_ADDRESS_CHARS = 254;
/** One plain mailbox of one host: no comment, no quotes, no second address, nothing that could end a header line. */
const ADDRESS = /^[^\s"(),:;<>@[\\\]\p{Cc}]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u;

/** Whether mail can be sent to this text. */
export const isMailAddress = (text: string): boolean => text.length <= MAX_ADDRESS_CHARS && ADDRESS.test(text);

/** Reads all three. Faults come back as sentences with their fix. */
export function readNotices(
  env: NoticeEnv,
): { readonly notices: NoticeSettings } | { readonly faults: readonly string[] } {
  const faults: string[] = [];
  const all = Object.keys(NOTICE_KINDS).filter(isNoticeKind);
  const named = words(env.NOTICES);
  const kinds = new Set(named.length === 0 ? all : []);
  for (const word of named.length === 1 && named[0] === NONE ? [] : named) {
    if (isNoticeKind(word)) kinds.add(word);
    else
      faults.push(`NOTICES has "${word}", which is not a kind of notice. Name some of: ${all.join(", ")}; or "none".`);
  }
  const helpdesk = (env.NOTICE_HELPDESK ?? "").trim();
  if (helpdesk !== "" && !isMailAddress(helpdesk)) {
    faults.push(
      `NOTICE_HELPDESK is "${helpdesk}", which is not one mail address. Write e.g. "servicedesk@contoso.com", or leave it out: then the help desk gets no mail.`,
    );
  }
  const days = (env.NOTICE_PASSWORD_DAYS ?? "").trim() || String(DEFAULT_PASSWORD_DAYS);
  const passwordDays = /^\d{1,2}$/.test(days) ? Number(days) : 0;
  if (passwordDays < 1 || passwordDays > MAX_PASSWORD_DAYS) {
    faults.push(
      `NOTICE_PASSWORD_DAYS is "${days}"; it must be a whole number from 1 to ${MAX_PASSWORD_DAYS} (default ${DEFAULT_PASSWORD_DAYS}).`,
    );
  }
  if (faults.length > 0) return { faults };
  return { notices: { kinds, helpdesk: helpdesk === "" ? undefined : helpdesk, passwordDays } };
}

/** For a guard. Wrong variables need no error here, because the Worker then refuses to serve at all. */
export function noticesOf(env: NoticeEnv): NoticeSettings {
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const read = readNotices({
    ...{ NOTICES: text(env.NOTICES), NOTICE_HELPDESK: text(env.NOTICE_HELPDESK) },
    NOTICE_PASSWORD_DAYS: text(env.NOTICE_PASSWORD_DAYS),
  });
  return "notices" in read
    ? read.notices
    : { kinds: new Set(), helpdesk: undefined, passwordDays: DEFAULT_PASSWORD_DAYS };
}
