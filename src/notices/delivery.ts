// Reads who delivers the mail: an agent that fetches it, Cloudflare's binding for mail, or a webhook. Pure.

import { readWebhook, type WebhookSettings } from "../core/webhook/settings.ts";
import { type Mailbox, mailboxOf } from "./address.ts";

/** The variables that say how mail is delivered. */
export type DeliveryEnv = {
  readonly NOTICE_DELIVERY?: string;
  readonly NOTICE_FROM?: string;
  readonly NOTICE_WEBHOOK_URL?: string;
  readonly NOTICE_WEBHOOK_SECRETS?: string;
  readonly NOTICE_LANGUAGE?: string;
  readonly NOTICE_TIME_ZONE?: string;
  readonly NOTICE_CONTACT?: string;
};

/** How the Worker words mail. An agent has settings of its own. */
export type Wording = {
  /** Stands at the end of the texts. */
  readonly organisation: string;
  /** Where people get help. Undefined: the line is left out. */
  readonly contact: string | undefined;
  /** For people whose language is not known. */
  readonly language: "en" | "de";
  /** Of the times in the texts. */
  readonly timeZone: string;
};

/** Who delivers mail. The last two are the Worker itself. */
export type Delivery =
  | { readonly by: "agent" }
  | { readonly by: "email"; readonly from: Mailbox; readonly wording: Wording }
  | { readonly by: "webhook"; readonly webhook: WebhookSettings; readonly wording: Wording };

const WEBHOOK = {
  ...{ url: "NOTICE_WEBHOOK_URL", secrets: "NOTICE_WEBHOOK_SECRETS", example: "https://mail.contoso.com/postern" },
  how: "Make one with `npx postern keys new --webhook` and put it in place with `wrangler secret put NOTICE_WEBHOOK_SECRETS`.",
};
const USUAL_ORGANISATION = "Postern";
const MAX_CONTACT_CHARS = 200;

/** Undefined with a fault. Adds a sentence with its fix for each. */
export function readDelivery(env: DeliveryEnv, faults: string[]): Delivery | undefined {
  const before = faults.length;
  const by = (env.NOTICE_DELIVERY ?? "").trim() || "agent";
  if (by !== "agent" && by !== "email" && by !== "webhook") {
    faults.push(
      `NOTICE_DELIVERY is "${by}"; it must be "agent" (default), "email" or "webhook": who delivers mail (docs/notices.md).`,
    );
    return undefined;
  }
  const given = (env.NOTICE_FROM ?? "").trim();
  const from = mailboxOf(given);
  if (given !== "" && from === undefined) {
    faults.push(
      `NOTICE_FROM is "${given}", which is not one mail address. Write e.g. "Contoso IT <postern@contoso.com>".`,
    );
  }
  const wording = readWording(env, from, faults);
  const settings = readWebhook({ url: env.NOTICE_WEBHOOK_URL, secrets: env.NOTICE_WEBHOOK_SECRETS }, WEBHOOK, faults);
  if (by === "agent") {
    const unused = (["NOTICE_FROM", "NOTICE_WEBHOOK_URL"] as const).filter((name) => (env[name] ?? "").trim() !== "");
    for (const name of unused) {
      faults.push(
        `${name} is set, and an agent delivers mail, which has settings of its own. Set NOTICE_DELIVERY to "${name === "NOTICE_FROM" ? "email" : "webhook"}", or take ${name} out.`,
      );
    }
    return faults.length > before ? undefined : { by };
  }
  if (by === "email") {
    if (given === "") {
      faults.push(
        'NOTICE_DELIVERY is "email", and NOTICE_FROM is not set. Say who mail comes from, e.g. "Contoso IT <postern@contoso.com>", in a domain that may send with Cloudflare.',
      );
    }
    return faults.length > before || from === undefined ? undefined : { by, from, wording };
  }
  if (settings === undefined && faults.length === before) {
    faults.push(`NOTICE_DELIVERY is "webhook", and NOTICE_WEBHOOK_URL is not set. Say where mail is posted to.`);
  }
  return faults.length > before || settings === undefined ? undefined : { by, webhook: settings, wording };
}

function readWording(env: DeliveryEnv, from: Mailbox | undefined, faults: string[]): Wording {
  const language = (env.NOTICE_LANGUAGE ?? "").trim() || "en";
  if (language !== "en" && language !== "de") {
    faults.push(`NOTICE_LANGUAGE is "${language}"; it must be "en" (default) or "de".`);
  }
  const timeZone = (env.NOTICE_TIME_ZONE ?? "").trim() || "UTC";
  if (timeZone !== "UTC" && !isTimeZone(timeZone)) {
    faults.push(
      `NOTICE_TIME_ZONE is "${timeZone}", which is no time zone. Write e.g. "Europe/Berlin" (default "UTC").`,
    );
  }
  const contact = (env.NOTICE_CONTACT ?? "").trim();
  if (contact.length > MAX_CONTACT_CHARS || /\p{Cc}/u.test(contact)) {
    faults.push(
      `NOTICE_CONTACT must be one line of at most ${MAX_CONTACT_CHARS} characters, such as "Help desk: telephone 4444".`,
    );
  }
  return {
    organisation: from?.name ?? USUAL_ORGANISATION,
    contact: contact === "" ? undefined : contact,
    ...{ language: language === "de" ? "de" : "en", timeZone },
  };
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
