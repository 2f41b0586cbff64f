// Which app passwords a user had when somebody signed in as that user, and why it was this one or none of them. The
// guard knows only which one fitted. The others are told by the times at which they were made and ended. Pure.

import { isPassiveCredential } from "../core/credentials/passive-credential.ts";
import { type Language, reasonIn, type ToExplain } from "./explain.ts";
import type { PasswordState } from "./trace-shapes.ts";
import { inTraceWords, type TraceWord } from "./trace-words.ts";

/** An app password as D1 has it now. Times in ms. */
export type PasswordThen = {
  readonly id: string;
  readonly label: string;
  readonly createdAt: number;
  readonly revokedAt: number | null;
  readonly expiresAt: number | null;
  readonly asksCode: boolean;
};

/** What it was then. `used`: the credential was this one. */
export type TracedPassword = Pick<PasswordThen, "id" | "label" | "asksCode"> & {
  readonly state: PasswordState;
  readonly used: boolean;
  readonly detail: string;
};

/** With these, the credential was compared with every app password, and fitted none. */
const COMPARED = new Set(["wrong-proof", "wrong-password"]);
/** How many that ended are recognised, of each kind, and for how long (store/sign-in-credentials.ts). */
export type Recognised = { readonly most: number; readonly forMs: number };

/** The app passwords that there were at `at` (ms), in the order in which they were made. */
export function passwordsThen(
  event: ToExplain & { readonly credentialId: string | null },
  at: number,
  passwords: readonly PasswordThen[],
  recognised: Recognised,
  language: Language,
): TracedPassword[] {
  const then = passwords.filter(({ createdAt }) => createdAt <= at).map((each) => ({ each, ...stateOf(each, at) }));
  const known = new Set(
    (["revoked", "expired"] as const).flatMap((kind) =>
      then
        .filter(({ state, since }) => state === kind && at - since < recognised.forMs)
        .toSorted((a, b) => b.since - a.since)
        .slice(0, recognised.most)
        .map(({ each }) => each.id),
    ),
  );
  return then.map(({ each: { id, label, asksCode }, state }) => {
    const used = id === event.credentialId;
    const word = wordOf(event, { used, live: state === "live", known: known.has(id) });
    const detail = inTraceWords(language, word, { reason: reasonIn(event, language) });
    return { id, label, asksCode, state, used, detail };
  });
}

function stateOf({ revokedAt, expiresAt }: PasswordThen, at: number) {
  if (revokedAt !== null && revokedAt <= at) return { state: "revoked", since: revokedAt } as const;
  if (expiresAt !== null && expiresAt <= at) return { state: "expired", since: expiresAt } as const;
  return { state: "live", since: at } as const;
}

function wordOf(
  { outcome, reason, credentialId }: ToExplain & { readonly credentialId: string | null },
  { used, live, known }: { readonly used: boolean; readonly live: boolean; readonly known: boolean },
): TraceWord {
  if (credentialId !== null && isPassiveCredential(credentialId)) return "passwordPage";
  if (used) return outcome === "refused" ? "passwordUsedBut" : "passwordUsed";
  if (!live && !known) return "passwordForgotten";
  if (credentialId !== null) return "passwordOther";
  if (!COMPARED.has(reason)) return "passwordUnseen";
  return live ? "passwordWrong" : "passwordWrongEnded";
}
