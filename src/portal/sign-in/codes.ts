// A passphrase and a code, as somebody typed both into a form. The Worker stretches the passphrase, and the user's
// guard judges both in one step, so a right code with a wrong passphrase is not used up.

import { stretchPassphrase } from "../../core/credentials/passphrase.ts";
import type { CodeProof } from "../../guards/portal-question.ts";

/** Longer is nobody's. */
const MAX_TYPED_CHARS = 1_024;

/** The proof that a form has. `whose`: the user's id, or the typed name when nobody has it. */
export function codeProof(form: URLSearchParams, whose: string): CodeProof {
  const typed = (name: string): string => (form.get(name) ?? "").slice(0, MAX_TYPED_CHARS);
  return { kind: "passphrase", stretched: stretchPassphrase(typed("passphrase"), whose), code: typed("code") };
}
