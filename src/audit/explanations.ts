// How an event is explained to a person: what happened, and what to do. One table in each language; a reason without
// its texts does not compile. docs/audit.md has the same reasons with more detail, and reasons.test.ts compares the
// two.

import type { EnrolmentReason, JudgementReason } from "../core/policy/reasons.ts";
import type { REASONS_BY_OUTCOME } from "./reasons.ts";

/** What happened, and what to do; no fix where there is nothing to do. `{who}`, `{by}`, `{from}`, `{code}` stand for
 * values; `{named}` for the name of what was changed, in brackets, where the event has it. */
export type Said = readonly [said: string, fix?: string];

type Reasons = typeof REASONS_BY_OUTCOME;
type Texts<Word extends string> = Readonly<Record<Word, Said>>;

/** Every text of one language. */
export type Explanations = {
  readonly signedIn: Texts<Reasons["signed-in"][number]>;
  readonly refused: Texts<Reasons["refused"][number]>;
  readonly failed: Texts<Reasons["failed"][number]>;
  readonly changed: Texts<Reasons["changed"][number]>;
  readonly device: Texts<JudgementReason | EnrolmentReason>;
  /** Where a meeting guest is concerned, these come before the ones above. */
  readonly guest: Readonly<Partial<Record<string, Said>>>;
  /** In the portal, where a person's own factors are meant, these come before the ones above. */
  readonly portal: Readonly<Partial<Record<string, Said>>>;
  /** What stands before the reason, by outcome. `…Nobody`: of an attempt that names no user. */
  readonly lead: Readonly<
    Record<
      | "signedIn"
      | "refused"
      | "refusedNobody"
      | "failed"
      | "allowed"
      | "quarantined"
      | "blocked"
      | "guestIn"
      | "guestOut"
      | "key",
      string
    >
  >;
  /** A reason that is a rule's code, a status of the Front-End, or several settings of a user at once. */
  readonly rule: Said;
  readonly status: Said;
  readonly guestStatus: Said;
  readonly settings: Said;
  /** What stands behind the reason. */
  readonly after: Readonly<Record<"repeats" | "waits" | "wouldRefuse" | "why", string>>;
  /** In the place of a name that there is none of. */
  readonly nobody: string;
  readonly itself: string;
  /** Who did something in the portal. */
  readonly person: string;
  /** In the place of a network that is not known. */
  readonly somewhere: string;
};
