// A notice in words, where the Worker delivers it. The texts and what fills them are the agent's, so a person reads the
// same whoever delivers. Loaded when there is something to deliver: the data plane starts without it.

import { createHash } from "node:crypto";
import de from "../../agent/locales/de.json" with { type: "json" };
import en from "../../agent/locales/en.json" with { type: "json" };
import { render } from "../../agent/src/mail/render.ts";
import type { Texts } from "../../agent/src/mail/words.ts";
import type { Wording } from "./delivery.ts";
import { type TakenNotice, toldOf } from "./taken.ts";

/** A mail in words, ready for an adapter. */
export type Letter = {
  /** The same each time the notice is sent, and it says nothing about the person. */
  readonly id: string;
  readonly kind: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** What the texts say, for those who write their own. */
  readonly told: ReturnType<typeof toldOf>;
};

const TEXTS: Texts = new Map([
  ["en", en],
  ["de", de],
]);
const ID_CHARS = 32;

/** Undefined: there is no text for it. `portal`: the address of the portal; undefined: there is none. */
export function letterOf(notice: TakenNotice, portal: string | undefined, wording: Wording): Letter | undefined {
  const told = toldOf(notice, portal);
  const rendered = render(told, TEXTS, wording);
  return rendered && { id: idOf(notice.id), kind: notice.kind, to: notice.to, ...rendered, told };
}

const idOf = (id: string): string => `msg_${createHash("sha256").update(id).digest("hex").slice(0, ID_CHARS)}`;
