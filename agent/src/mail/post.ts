// One round of the post: take what is due, hand it to the relay, tell the gateway what became of it. The journal makes
// sure that a mail which the relay took is not handed over again, whenever the agent is ended.

import type { Journal } from "./journal.ts";
import { letterOf } from "./letter.ts";
import type { Notice } from "./notice.ts";
import type { Relay } from "./relay.ts";
import { render } from "./render.ts";
import type { MailSettings } from "./settings.ts";
import type { Texts } from "./words.ts";

/** What the gateway is told. */
export type Ending = {
  readonly id: string;
  readonly end: "sent" | "undeliverable" | "later";
  readonly detail?: string;
};

/** The gateway, as the post needs it. */
export interface Gateway {
  take(max: number): Promise<readonly Notice[]>;
  end(endings: readonly Ending[]): Promise<void>;
}

/** What a round needs. */
export type Post = {
  readonly gateway: Gateway;
  readonly relay: Relay;
  readonly journal: Journal;
  readonly texts: Texts;
  readonly settings: MailSettings;
  /** Is told what became of each mail: for the log and the metrics. */
  readonly ended: (notice: Pick<Notice, "id" | "kind">, end: Ending["end"] | "unknown", detail: string) => void;
};

/** How many are taken at once: few, so that all are sent before the gateway gives them to somebody else. */
export const MAX_TAKEN = 20;
/**
 * The gateway gives a notice to the next who asks after two minutes. What was not begun by then is left to that one,
 * ms.
 */
const BEGUN_WITHIN_MS = 60_000;
const MAX_DETAIL_CHARS = 200;

/** What a round did. `away`: the relay takes no mail now, and why. */
export type Round = { readonly taken: number; readonly away?: string };

/** Makes one round. Rejects when the gateway cannot be asked; nothing is lost then. */
export async function round(post: Post, now: () => number = Date.now): Promise<Round> {
  const { gateway, relay, journal } = post;
  await tellAccepted(post);
  const taken = await gateway.take(MAX_TAKEN);
  const since = now();
  const endings: Ending[] = [];
  let away: string | undefined;
  for (const notice of taken) {
    if (now() - since > BEGUN_WITHIN_MS) break;
    if (away !== undefined) {
      endings.push({ id: notice.id, end: "later", detail: away });
      continue;
    }
    const ending = await sent(post, notice);
    if (ending.away === true) away = ending.detail ?? "";
    endings.push({ id: notice.id, end: ending.end, ...(ending.detail && { detail: ending.detail }) });
  }
  relay.close();
  if (endings.length > 0) {
    await gateway.end(endings);
    journal.told(endings.filter(({ end }) => end !== "later").map(({ id }) => id));
  }
  return { taken: taken.length, ...(away !== undefined && { away }) };
}

/** Mail that the relay took before the agent ended, or while the gateway was away. */
async function tellAccepted({ gateway, journal }: Post): Promise<void> {
  const ids = [...journal.accepted];
  for (let at = 0; at < ids.length; at += MAX_TAKEN) {
    const some = ids.slice(at, at + MAX_TAKEN);
    await gateway.end(some.map((id) => ({ id, end: "sent" })));
    journal.told(some);
  }
}

type SentNotice = Omit<Ending, "id"> & { readonly away?: boolean };

async function sent(post: Post, notice: Notice): Promise<SentNotice> {
  const { relay, journal, texts, settings, ended } = post;
  const finished = (end: Ending["end"], detail = ""): SentNotice => {
    const said = detail.slice(0, MAX_DETAIL_CHARS);
    ended(notice, end, said);
    return said === "" ? { end } : { end, detail: said };
  };
  if (journal.accepted.has(notice.id)) return { end: "sent" };
  const rendered = render(notice, texts, settings);
  if (rendered === undefined) {
    return finished("undeliverable", `this agent has no text "${notice.kind}": use the agent of the gateway's release`);
  }
  const letter = await letterOf(notice, rendered, settings);
  if (letter === undefined) return finished("undeliverable", "this is not a mail address");
  const outcome = await relay.send(letter, () => journal.about(notice.id));
  switch (outcome.end) {
    case "accepted":
      journal.acceptedNow(notice.id);
      return finished("sent");
    case "unknown":
      // The line `about` stays in the journal: docs/design/0023-notices.md says why the mail is sent once more.
      ended(notice, "unknown", outcome.detail);
      return { end: "later", detail: outcome.detail };
    case "away":
      return { ...finished("later", outcome.detail), away: true };
    case "refused":
    case "later":
      journal.refused(notice.id);
      return finished(outcome.end === "refused" ? "undeliverable" : "later", outcome.detail);
  }
}
