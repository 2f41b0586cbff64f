// The two ceremonies of passkeys (Web Authentication, W3C). A passkey with user verification is two factors: the device
// that has it, and the finger, face or PIN that opens it.

import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import type { Administrator } from "../../store/administrators.ts";
import { openDatabase } from "../../store/database.ts";
import { notePasskeyUsed, type Passkey, passkeyById, passkeysOf } from "../../store/passkeys.ts";
import { newSecret } from "../../web/secret.ts";
import type { ConsoleVisit } from "../site.ts";

/** Only the console needs it, so the data plane does not load it. */
const library = () => import("@simplewebauthn/server");

/** A response has some hundred bytes; an attestation a few thousand. */
const MAX_RESPONSE_CHARS = 16_384;
const RP_NAME = "Postern";

/** What is asked of an authenticator, and what must be remembered until it answers. */
export type Asked<Options> = { readonly options: Options; readonly challenge: string };

/** Asks for any passkey of this console. */
export async function askForPasskey({ console }: ConsoleVisit): Promise<Asked<PublicKeyCredentialRequestOptionsJSON>> {
  const { generateAuthenticationOptions } = await library();
  const options = await generateAuthenticationOptions({ rpID: console.rpId, userVerification: "required" });
  return { options, challenge: options.challenge };
}

/** Asks for a new passkey of somebody. `userHandle`: the one of the person's passkeys, which all share it. */
export async function askForNewPasskey(
  { env, console }: ConsoleVisit,
  person: Pick<Administrator, "id" | "name" | "email">,
): Promise<Asked<PublicKeyCredentialCreationOptionsJSON> & { readonly userHandle: string }> {
  const { generateRegistrationOptions } = await library();
  const there = await passkeysOf(openDatabase(env.DB), person.id);
  const userHandle = there[0]?.userHandle ?? newSecret();
  const options = await generateRegistrationOptions({
    ...{ rpName: RP_NAME, rpID: console.rpId, userName: person.email, userDisplayName: person.name },
    userID: Uint8Array.from(Buffer.from(userHandle, "base64url")),
    attestationType: "none",
    excludeCredentials: there.map(({ id }) => ({ id })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  return { options, challenge: options.challenge, userHandle };
}

/** Who answered with a passkey; undefined when the answer proves nothing. */
export async function provedByPasskey(
  visit: ConsoleVisit,
  text: unknown,
  challenge: string,
): Promise<Administrator | undefined> {
  const response = readResponse<AuthenticationResponseJSON>(text);
  if (response === undefined) return undefined;
  const db = openDatabase(visit.env.DB);
  const known = await passkeyById(db, response.id);
  if (known === undefined || known.passkey.rpId !== visit.console.rpId) return undefined;
  const { passkey, administrator } = known;
  const { verifyAuthenticationResponse } = await library();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      ...{ response, expectedChallenge: challenge, expectedOrigin: visit.origin, expectedRPID: visit.console.rpId },
      ...{ requireUserVerification: true, credential: { ...passkey, transports: [] } },
    });
    if (!verified || administrator.disabledAt !== null) return undefined;
    const { newCounter: counter, credentialBackedUp: backedUp } = authenticationInfo;
    await notePasskeyUsed(db, passkey.id, { counter, backedUp, at: visit.now });
    return administrator;
  } catch {
    return undefined; // the library throws for what does not fit
  }
}

/** The passkey that an authenticator has made; undefined when its answer proves nothing. */
export async function madePasskey(
  visit: ConsoleVisit,
  text: unknown,
  asked: { readonly challenge: string; readonly userHandle: string; readonly administratorId: string },
  name: string,
): Promise<Passkey | undefined> {
  const response = readResponse<RegistrationResponseJSON>(text);
  if (response === undefined) return undefined;
  const { rpId } = visit.console;
  const { verifyRegistrationResponse } = await library();
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      ...{ response, expectedChallenge: asked.challenge, expectedOrigin: visit.origin, expectedRPID: rpId },
      requireUserVerification: true,
    });
    if (!verified) return undefined;
    const { credential, credentialDeviceType: deviceType, credentialBackedUp: backedUp } = registrationInfo;
    return {
      ...{ id: credential.id, administratorId: asked.administratorId, userHandle: asked.userHandle, rpId, name },
      ...{ publicKey: Uint8Array.from(credential.publicKey), counter: credential.counter, deviceType, backedUp },
      ...{ transports: credential.transports ?? [], createdAt: visit.now, lastUsedAt: null },
    };
  } catch {
    return undefined;
  }
}

/** The library checks every field; here it is only an object with an id. */
function readResponse<Json extends { readonly id: string }>(text: unknown): Json | undefined {
  if (typeof text !== "string" || text.length > MAX_RESPONSE_CHARS) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    const known = typeof json === "object" && json !== null && "id" in json && typeof json.id === "string";
    return known ? (json as Json) : undefined;
  } catch {
    return undefined;
  }
}
