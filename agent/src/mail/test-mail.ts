// `agent mail --test ADDRESS`: one mail, straight to the relay, without the gateway.

import { randomUUID } from "node:crypto";
import type { Config } from "../config/config.ts";
import type { Finding } from "../parts.ts";
import { letterOf } from "./letter.ts";
import { mailOf } from "./part.ts";
import { render } from "./render.ts";

/** Sends it, and says what the relay said. */
export async function sendTest(config: Config, to: string): Promise<Finding> {
  const what = `mail to ${to}`;
  const mail = mailOf(config);
  if (mail === undefined) return { what, detail: "the configuration has no mail", fix: "Add mail: docs/notices.md." };
  const { settings, relay, texts } = mail;
  const now = new Date().toISOString();
  const notice = { id: randomUUID(), kind: "test", to, name: null, language: null, facts: { at: now }, createdAt: now };
  const rendered = render(notice, texts, settings);
  const letter = rendered && (await letterOf(notice, rendered, settings));
  if (letter === undefined)
    return { what, detail: "this is not a mail address", fix: "Give one, e.g. alice@contoso.com." };
  const sent = await relay.send(letter, () => undefined);
  relay.close();
  if (sent.end === "accepted") return { what, detail: `${settings.relay.host} took it. Look into the mailbox.` };
  const fix =
    "Check mail.relay (host, port, tls, account) and mail.from. A number such as 550 begins the relay's own words: ask who runs it.";
  return { what, detail: sent.detail, fix };
}
