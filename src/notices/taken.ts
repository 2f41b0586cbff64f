// A notice that somebody delivers: what was found for it, and what its text may say. Pure.

import type { NoticeAudience } from "./kinds.ts";
import type { StoredFacts } from "./of-event.ts";

/** A notice that can be sent. */
export type TakenNotice = {
  readonly id: string;
  readonly kind: string;
  readonly audience: NoticeAudience;
  readonly createdAt: number;
  readonly takes: number;
  /** Where it goes. */
  readonly to: string;
  readonly language: string | null;
  readonly link: string | undefined;
  readonly facts: Omit<StoredFacts, "more" | "device" | "password" | "to">;
  /** How many notices it stands for. Undefined: for itself. */
  readonly count: number | undefined;
  /** Whom it is about. Null: a test, or many people. */
  readonly person: { readonly sipUri: string; readonly displayName: string | null } | null;
  /** What the device tells of itself. Null: it is about no device, or about one that is not kept any more. */
  readonly device: { readonly product: string; readonly version: string; readonly os: string } | null;
  /** What its owner calls the app password. */
  readonly label: string | null;
};

/** What its text may say, as JSON. `portal`: the address of the portal; undefined: there is none. */
export function toldOf(notice: TakenNotice, portal: string | undefined) {
  const { id, kind, to, person, language, device, label, link, facts, count, takes, createdAt, audience } = notice;
  const told = device && [device.product, device.version, device.os].filter((text) => text !== "").join(" ");
  return {
    ...{ id, kind, to, language, takes, createdAt: iso(createdAt), name: person?.displayName ?? null },
    facts: {
      at: iso(facts.at),
      ...(person !== null && { user: person.sipUri.replace(/^sip:/, "") }),
      ...(told !== null && told !== "" && { device: told }),
      ...(facts.network !== undefined && { network: facts.network }),
      ...(label !== null && { label }),
      ...(facts.number !== undefined && { number: facts.number }),
      ...(facts.what !== undefined && { what: facts.what }),
      ...(portal !== undefined && { portal }),
      ...(facts.expiresAt !== undefined && { expiresAt: iso(facts.expiresAt) }),
      ...(count !== undefined && { count }),
      ...(audience === "helpdesk" && kind !== "test" && { helpdesk: true }),
    },
    ...(link !== undefined && { link }),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
