// The passkeys of administrators: whose they are is in D1. The ceremonies are in src/web/passkeys.ts.

import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import type { Administrator } from "../../store/administrators.ts";
import { openDatabase } from "../../store/database.ts";
import { notePasskeyUsed, type Passkey, passkeyById, passkeysOf } from "../../store/passkeys.ts";
import { type Asked, askForAnyPasskey, askToMakePasskey, verifyNewPasskey, verifyPasskey } from "../../web/passkeys.ts";
import { newSecret } from "../../web/secret.ts";
import type { ConsoleVisit } from "../site.ts";

/** Asks for any passkey of this console. */
export const askForPasskey = ({ console }: ConsoleVisit): Promise<Asked<PublicKeyCredentialRequestOptionsJSON>> =>
  askForAnyPasskey(console.rpId);

/** Asks for a new passkey of somebody. `userHandle`: the one of the person's passkeys, which all share it. */
export async function askForNewPasskey(
  { env, console }: ConsoleVisit,
  person: Pick<Administrator, "id" | "name" | "email">,
): Promise<Asked<PublicKeyCredentialCreationOptionsJSON> & { readonly userHandle: string }> {
  const there = await passkeysOf(openDatabase(env.DB), person.id);
  const userHandle = there[0]?.userHandle ?? newSecret();
  const owner = { userHandle, address: person.email, name: person.name };
  const ids = there.map(({ id }) => id);
  return { ...(await askToMakePasskey(console.rpId, owner, ids)), userHandle };
}

/** Who answered with a passkey; undefined when the answer proves nothing. */
export async function provedByPasskey(
  visit: ConsoleVisit,
  text: unknown,
  challenge: string,
): Promise<Administrator | undefined> {
  const db = openDatabase(visit.env.DB);
  const { rpId } = visit.console;
  const proved = await verifyPasskey({ rpId, origin: visit.origin }, text, challenge, async (id) => {
    const known = await passkeyById(db, id);
    if (known === undefined || known.passkey.rpId !== rpId) return undefined;
    return { ...known.passkey, administrator: known.administrator };
  });
  if (proved === undefined || proved.passkey.administrator.disabledAt !== null) return undefined;
  const { id, counter, backedUp } = proved.proof;
  await notePasskeyUsed(db, id, { counter, backedUp, at: visit.now });
  return proved.passkey.administrator;
}

/** The passkey that an authenticator has made; undefined when its answer proves nothing. */
export async function madePasskey(
  visit: ConsoleVisit,
  text: unknown,
  asked: { readonly challenge: string; readonly userHandle: string; readonly administratorId: string },
  name: string,
): Promise<Passkey | undefined> {
  const { rpId } = visit.console;
  const made = await verifyNewPasskey({ rpId, origin: visit.origin }, text, asked.challenge);
  if (made === undefined) return undefined;
  return {
    ...{ ...made, administratorId: asked.administratorId, userHandle: asked.userHandle, rpId, name },
    ...{ createdAt: visit.now, lastUsedAt: null },
  };
}
