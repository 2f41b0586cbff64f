// Reads which notices this deployment sends, to whom, and who delivers them. The Worker and its guards use the same
// reading.

import { words } from "../core/text/words.ts";
import { isMailAddress } from "./address.ts";
import { type Delivery, type DeliveryEnv, readDelivery } from "./delivery.ts";
import { goesTo, isNoticeKind, NOTICE_KINDS, type NoticeKind, USUAL_HELPDESK_KINDS } from "./kinds.ts";

/** The variables of the notices. */
export type NoticeEnv = DeliveryEnv & {
  readonly NOTICES?: string;
  readonly NOTICE_HELPDESK?: string;
  readonly NOTICE_HELPDESK_KINDS?: string;
  readonly NOTICE_PASSWORD_DAYS?: string;
};

/** Which notices are queued. */
export type NoticeSettings = {
  readonly kinds: ReadonlySet<NoticeKind>;
  /** Where mail to the help desk goes. Undefined: it gets none. */
  readonly helpdesk: string | undefined;
  /** What the help desk is told of. */
  readonly helpdeskKinds: ReadonlySet<NoticeKind>;
  /** How many days before its end an app password is announced. */
  readonly passwordDays: number;
  readonly delivery: Delivery;
};

/** The word for no notices at all. */
const NONE = "none";
/** Two working days and the weekend between them. */
const DEFAULT_PASSWORD_DAYS = 7;
/** What became of a notice is known for thirty days. So an app password is announced once. */
const MAX_PASSWORD_DAYS = 28;
const ALL = Object.keys(NOTICE_KINDS).filter(isNoticeKind);

/** Reads all of them. Faults come back as sentences with their fix. */
export function readNotices(
  env: NoticeEnv,
): { readonly notices: NoticeSettings } | { readonly faults: readonly string[] } {
  const faults: string[] = [];
  const kinds = readKinds("NOTICES", env.NOTICES, ALL, ALL, faults);
  const forHelpdesk = ALL.filter((kind) => goesTo(kind, "helpdesk"));
  const helpdeskKinds = readKinds(
    ...(["NOTICE_HELPDESK_KINDS", env.NOTICE_HELPDESK_KINDS, forHelpdesk, USUAL_HELPDESK_KINDS, faults] as const),
  );
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
  const delivery = readDelivery(env, faults);
  if (faults.length > 0 || delivery === undefined) return { faults };
  return {
    notices: { kinds, helpdesk: helpdesk === "" ? undefined : helpdesk, helpdeskKinds, passwordDays, delivery },
  };
}

/** The kinds that a variable names. `usual`: those of an empty one. */
function readKinds(
  name: string,
  text: string | undefined,
  possible: readonly NoticeKind[],
  usual: readonly NoticeKind[],
  faults: string[],
): ReadonlySet<NoticeKind> {
  const named = words(text);
  if (named.length === 0) return new Set(usual);
  const kinds = new Set<NoticeKind>();
  for (const word of named.length === 1 && named[0] === NONE ? [] : named) {
    if (isNoticeKind(word) && possible.includes(word)) kinds.add(word);
    else {
      const what = isNoticeKind(word) ? "of which the help desk is not told" : "which is not a kind of notice";
      faults.push(`${name} has "${word}", ${what}. Name some of: ${possible.join(", ")}; or "none".`);
    }
  }
  return kinds;
}

/** For a guard. Wrong variables need no error here, because the Worker then refuses to serve at all. */
export function noticesOf(env: NoticeEnv): NoticeSettings {
  const given = Object.entries(env).filter(([name, value]) => name.startsWith("NOTICE") && typeof value === "string");
  const read = readNotices(Object.fromEntries(given));
  return "notices" in read ? read.notices : NO_NOTICES;
}

const NO_NOTICES: NoticeSettings = {
  ...{ kinds: new Set(), helpdesk: undefined, helpdeskKinds: new Set() },
  ...{ passwordDays: DEFAULT_PASSWORD_DAYS, delivery: { by: "agent" } },
};
