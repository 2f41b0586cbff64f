// The adapter that the configuration names.

import type { Delivery } from "../notices/delivery.ts";
import { emailPort } from "./email.ts";
import type { MailPort } from "./port.ts";
import { webhookPort } from "./webhook.ts";

/** The port; undefined: an agent delivers, or the binding is missing. `mail`: the binding MAIL. */
export function portOf(delivery: Delivery, mail: SendEmail | undefined): MailPort | undefined {
  switch (delivery.by) {
    case "agent":
      return undefined;
    case "webhook":
      return webhookPort(delivery.webhook);
    case "email":
      return mail && emailPort(delivery.from, mail);
  }
}
