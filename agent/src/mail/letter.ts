// A mail as bytes (RFC 5322). A notice makes the same Message-ID and the same date each time, so that a relay or a
// mailbox can tell that two are the same.

import { createHash } from "node:crypto";
import MailComposer from "nodemailer/lib/mail-composer";
import type { Notice } from "./notice.ts";
import type { Letter } from "./relay.ts";
import type { Rendered } from "./render.ts";
import { isMailbox, type MailSettings } from "./settings.ts";

/** The mail; undefined when its address is none. */
export async function letterOf(
  { id, to, name, createdAt, facts }: Pick<Notice, "id" | "to" | "name" | "createdAt" | "facts">,
  { subject, text, html }: Rendered,
  { from, replyTo }: Pick<MailSettings, "from" | "replyTo">,
): Promise<Letter | undefined> {
  if (!isMailbox(to)) return undefined;
  const recipient = name === null || facts.helpdesk === true ? to : { name: plain(name), address: to };
  const composer = new MailComposer({
    ...{ from: { name: from.name, address: from.address }, to: recipient, subject, text, html },
    ...(replyTo !== undefined && { replyTo }),
    messageId: messageIdOf(id, from.address),
    date: new Date(createdAt),
    headers: {
      "Auto-Submitted": "auto-generated", // RFC 3834, 5: nobody's holiday notice answers it
      "X-Auto-Response-Suppress": "All", // the same for Exchange
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { from: from.address, to, bytes: await composer.compile().build() };
}

const plain = (text: string): string =>
  text
    .replace(/(?:(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}"<>\\])+/gu, " ")
    .trim()
    .slice(0, 100);

/** The id says nothing about the person: it is a hash of the notice's. */
export const messageIdOf = (id: string, from: string): string =>
  `<${createHash("sha256").update(id).digest("hex").slice(0, 40)}@${from.slice(from.lastIndexOf("@") + 1)}>`;
