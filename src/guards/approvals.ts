// What a user's guard is asked about a sign-in at the token service's page that its person approves on another device
// (S-91). The page shows a number. The person picks that number among others in the portal, with a fresh factor.

import type { EventContext } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import type { NewPortalSession } from "./portal-session.ts";

/** How long a request waits for its person, ms. */
export const APPROVAL_LASTS_MS = 120_000;
/** How long the page that waits has to come for the answer after the approval, ms. */
export const COLLECT_WITHIN_MS = 60_000;
/** The numbers that a request may have: two digits, so that nobody mixes them up with a code. */
export const APPROVAL_NUMBERS = { from: 10, to: 99 } as const;
/** Among how many numbers the person picks. */
export const APPROVAL_CHOICES = 6;

/** What the person sees of a request before the person decides. Times in ms. */
export type ShownApproval = {
  readonly id: string;
  readonly askedAt: number;
  readonly until: number;
  /** From where it comes, as Cloudflare tells it. */
  readonly source: string;
  readonly country?: string;
  readonly city?: string;
  readonly userAgent: string;
  /** The right number and others, in the order of their size. */
  readonly numbers: readonly number[];
};

/** The page that waits: it alone has the secret, and it is in the browser that asked. */
type Waiting = {
  /** SHA-256 of the request's secret, in hex. */
  readonly secretHash: string;
  /** SHA-256 of what the browser has in its cookie, in hex. */
  readonly browserHash: string;
};

export type ApprovalStep =
  /**
   * Somebody at the page asks for this user's approval. It is counted as an attempt. `denied`: why the user may not
   * sign in at the page, which is refused as anything else.
   */
  | (Waiting & {
      readonly kind: "ask-approval";
      readonly number: number;
      readonly about: EventContext;
      readonly client: string;
      readonly denied?: AuditReason;
      readonly wouldRefuse?: AuditReason;
    })
  /** What waits for the person. `hash`: of the portal's session. */
  | { readonly kind: "open-approval"; readonly hash: string }
  /** The person picks a number. A wrong one ends the request. */
  | {
      readonly kind: "approve";
      readonly hash: string;
      readonly id: string;
      readonly number: number;
      readonly about: EventContext;
    }
  /** The person did not ask for it. */
  | { readonly kind: "decline"; readonly hash: string; readonly id: string }
  /** Whether the person has approved it. It changes nothing, and says nothing else. */
  | (Waiting & { readonly kind: "look-at-approval" })
  /** The page comes for the answer, once. */
  | (Waiting & {
      readonly kind: "collect-approval";
      readonly about: EventContext;
      readonly session: NewPortalSession;
      readonly denied?: AuditReason;
    });
