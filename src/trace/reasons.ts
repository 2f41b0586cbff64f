// Every reason for which Postern refuses a request without an event in the audit: the word in the log line, what it
// means, and what to do about it. The union is closed: an answer needs a reason that is explained here.

import { OF_DEVICES, OF_FAILURES, OF_METADATA, OF_SIGN_INS, OF_TICKETS } from "./reasons-of-credentials.ts";
import { OF_ADDRESSES, OF_BATCHES, OF_MESSAGES } from "./reasons-of-requests.ts";

/** The reasons by subject, in the order of a request's life. */
export const REFUSAL_GROUPS = {
  address: OF_ADDRESSES,
  message: OF_MESSAGES,
  ticket: OF_TICKETS,
  device: OF_DEVICES,
  batch: OF_BATCHES,
  metadata: OF_METADATA,
  "sign-in": OF_SIGN_INS,
  failure: OF_FAILURES,
} as const;

const REASONS = {
  ...OF_ADDRESSES,
  ...OF_MESSAGES,
  ...OF_TICKETS,
  ...OF_DEVICES,
  ...OF_BATCHES,
  ...OF_METADATA,
  ...OF_SIGN_INS,
  ...OF_FAILURES,
} as const;

/** A stable word: the log line and docs/refusals.md have it. */
export type RefusalReason = keyof typeof REASONS;

/** What a reason of the log means and what to do; undefined for a word that is not a reason. */
export function explanationOf(reason: string): { readonly means: string; readonly remedy: string } | undefined {
  if (!isRefusalReason(reason)) return undefined;
  const [means, remedy] = REASONS[reason];
  return { means, remedy };
}

/** Whether the ticket was refused. The log has an event of its own for that. */
export const isOfTicket = (reason: RefusalReason): boolean => Object.hasOwn(OF_TICKETS, reason);

const isRefusalReason = (text: string): text is RefusalReason => Object.hasOwn(REASONS, text);
