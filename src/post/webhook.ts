// Mail by a webhook of the organisation: one signed POST for each letter (docs/notices.md). The receiver has it when it
// answers 2xx. Anything else is tried again with the same id, by which the receiver drops what it has already.

import type { WebhookSettings } from "../core/webhook/settings.ts";
import { signedHeaders } from "../core/webhook/signed.ts";
import type { Letter } from "../notices/letter.ts";
import { HANDED_WITHIN_MS, type Handed, type MailPort } from "./port.ts";

/** The body, as the receiver gets it. `now` in ms. */
export function letterBody({ id, kind, subject, text, html, told }: Letter, now: number): string {
  const { to, name, language, createdAt, facts, link } = told;
  const timestamp = new Date(now).toISOString();
  const data = { id, kind, to, name, language, createdAt, subject, text, html, facts, link };
  return JSON.stringify({ type: `notice.${kind}`, timestamp, data });
}

/** The adapter. */
export const webhookPort = ({ url, secrets }: WebhookSettings, now: () => number = Date.now): MailPort => ({
  send: async (letter: Letter): Promise<Handed> => {
    const at = now();
    const body = letterBody(letter, at);
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: {
          ...signedHeaders(letter.id, body, secrets, at),
          ...{ "idempotency-key": letter.id, "content-type": "application/json", "user-agent": "Postern" },
        },
        body,
        redirect: "manual", // the letter would be told to somebody else
        signal: AbortSignal.timeout(HANDED_WITHIN_MS),
      });
      await answer.body?.cancel(); // its status says all
      const { status } = answer;
      if (status >= 200 && status < 300) return { end: "sent" };
      if (status >= 300 && status < 400) return { end: "away", detail: `the webhook redirects (${status})` };
      // 4xx may be about this letter, and the next may go.
      const end =
        status >= 500 || status === 401 || status === 403 || status === 404 || status === 429 ? "away" : "later";
      return { end, detail: `the webhook answered ${status}` };
    } catch (fault) {
      const late = fault instanceof Error && fault.name === "TimeoutError";
      return { end: "away", detail: late ? "the webhook did not answer in time" : "the webhook cannot be reached" };
    }
  },
});
