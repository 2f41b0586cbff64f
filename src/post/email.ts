// Mail by Cloudflare's own service: the binding MAIL (`send_email`). The platform makes the message from its fields,
// with its own Message-ID and date. https://developers.cloudflare.com/email-service/api/send-emails/workers-api/

import type { Mailbox } from "../notices/address.ts";
import type { Letter } from "../notices/letter.ts";
import { HANDED_WITHIN_MS, type Handed, type MailPort } from "./port.ts";
import { within } from "./within.ts";

/** Of these the reason is this one letter or its address. To send it again would end the same. */
const REFUSED = new Set([
  "E_RECIPIENT_NOT_ALLOWED",
  "E_RECIPIENT_SUPPRESSED",
  "E_VALIDATION_ERROR",
  "E_CONTENT_TOO_LARGE",
]);
/** The recipient's server said no, perhaps for a while. Other letters may go. */
const LATER = new Set(["E_DELIVERY_FAILED"]);
const MAX_DETAIL_CHARS = 180;

/** The adapter. `from`: its domain must be one that may send with Cloudflare. */
export const emailPort = (from: Mailbox, mail: SendEmail): MailPort => ({
  send: async ({ id, to, subject, text, html }: Letter): Promise<Handed> => {
    try {
      const sending = mail.send({
        from: { name: from.name, email: from.address },
        ...{ to, subject, text, html },
        headers: {
          "Auto-Submitted": "auto-generated", // RFC 3834, 5: nobody's holiday notice answers it
          "X-Auto-Response-Suppress": "All", // the same for Exchange
          "X-Postern-Notice": id, // a letter that came twice can be recognised by it
        },
      });
      const late = "Cloudflare did not answer in time" as const;
      const ended = await within(HANDED_WITHIN_MS, sending, late);
      return ended === late ? { end: "away", detail: late } : { end: "sent" };
    } catch (fault) {
      const { code = "", message = "" }: { code?: unknown; message?: unknown } = fault instanceof Error ? fault : {};
      const detail = `Cloudflare: ${[code, message].filter((part) => part !== "").join(" ")}`.slice(
        0,
        MAX_DETAIL_CHARS,
      );
      const word = String(code);
      return { end: REFUSED.has(word) ? "refused" : LATER.has(word) ? "later" : "away", detail };
    }
  },
});
