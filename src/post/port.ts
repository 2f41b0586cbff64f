// How mail leaves the Worker: what an adapter does (email.ts, webhook.ts). With an agent there is none, because it
// fetches mail itself.

import type { Letter } from "../notices/letter.ts";

/**
 * What became of a letter. `later`: it cannot be sent now. `away`: no letter can, so the others wait as well. `refused`:
 * it will never be sent. `detail`: why, in one line without a secret.
 */
export type Handed = { readonly end: "sent" } | { readonly end: "later" | "away" | "refused"; readonly detail: string };

/** Hands a letter over. Never throws, and takes no longer than {@link HANDED_WITHIN_MS}. */
export type MailPort = { readonly send: (letter: Letter) => Promise<Handed> };

/** How long handing a letter over may take, ms. */
export const HANDED_WITHIN_MS = 10_000;
