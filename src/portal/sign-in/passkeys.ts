// The passkeys of the portal. D1 says whose a passkey is. The person's guard has its public key, and judges what the
// verified answer proves.

import type { PortalProof } from "../../guards/portal-question.ts";
import { verifyPasskey } from "../../web/passkeys.ts";
import type { PortalView, PortalVisit } from "../site.ts";

/**
 * What an answer with a passkey proves; undefined: nothing. `guardFor`: how to ask the guard of the person whose
 * passkey that is, or undefined.
 */
export async function passkeyProof(
  { portal, origin }: PortalVisit,
  answered: { readonly text: unknown; readonly challenge: string },
  guardFor: (id: string) => Promise<PortalView["guard"] | undefined>,
): Promise<PortalProof | undefined> {
  const { rpId } = portal;
  const proved = await verifyPasskey({ rpId, origin }, answered.text, answered.challenge, async (id) => {
    const guard = await guardFor(id);
    const answer = await guard?.({ kind: "passkey", id });
    if (answer?.kind !== "passkey" || answer.passkey.rpId !== rpId) return undefined;
    const { publicKey, counter } = answer.passkey;
    return { publicKey: Uint8Array.from(Buffer.from(publicKey, "base64url")), counter };
  });
  return proved && { kind: "passkey", ...proved.proof };
}
