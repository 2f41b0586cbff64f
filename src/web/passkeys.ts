// The two ceremonies of passkeys (Web Authentication, W3C). A passkey with user verification is two factors: the device
// that has it, and the finger, face or PIN that opens it. Who keeps the passkeys, and whose they are, is the caller's.

import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";

/** Only web pages need it, so the data plane does not load it. */
const library = () => import("@simplewebauthn/server");

/** A response has some hundred bytes; an attestation a few thousand. */
const MAX_RESPONSE_CHARS = 16_384;
/** An id has 1,023 bytes at most (Web Authentication, 4). */
const MAX_ID_CHARS = 1_364;
const RP_NAME = "Postern";

/** The site at which a passkey is used: its name for passkeys, and what a browser there sends as `Origin`. */
export type PasskeySite = { readonly rpId: string; readonly origin: string };

/** What is asked of an authenticator, and what must be remembered until it answers. */
export type Asked<Options> = { readonly options: Options; readonly challenge: string };

/** The person for whom a passkey is made, as the authenticator shows the person. */
export type PasskeyOwner = {
  /** The random id under which authenticators keep the person, base64url. All passkeys of a person share it. */
  readonly userHandle: string;
  readonly address: string;
  readonly name: string;
};

/** The public half of a passkey, as it is kept. */
export type KnownPasskey = {
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
};

/** What a proof by a passkey says. */
export type PasskeyProof = { readonly id: string; readonly counter: number; readonly backedUp: boolean };

/** A passkey that an authenticator has just made. */
export type MadePasskey = KnownPasskey & {
  readonly id: string;
  readonly deviceType: "singleDevice" | "multiDevice";
  readonly backedUp: boolean;
  readonly transports: readonly string[];
};

/** Asks for any passkey of a site. */
export async function askForAnyPasskey(rpId: string): Promise<Asked<PublicKeyCredentialRequestOptionsJSON>> {
  const { generateAuthenticationOptions } = await library();
  const options = await generateAuthenticationOptions({ rpID: rpId, userVerification: "required" });
  return { options, challenge: options.challenge };
}

/** Asks for a new passkey. `there`: the ids of those that the person has. */
export async function askToMakePasskey(
  rpId: string,
  { userHandle, address, name }: PasskeyOwner,
  there: readonly string[],
): Promise<Asked<PublicKeyCredentialCreationOptionsJSON>> {
  const { generateRegistrationOptions } = await library();
  const options = await generateRegistrationOptions({
    ...{ rpName: RP_NAME, rpID: rpId, userName: address, userDisplayName: name },
    userID: Uint8Array.from(Buffer.from(userHandle, "base64url")),
    attestationType: "none",
    excludeCredentials: there.map((id) => ({ id })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  return { options, challenge: options.challenge };
}

/**
 * What an answer with a passkey proves; undefined: nothing. `known`: finds the passkey with that id.
 */
export async function verifyPasskey<Known extends KnownPasskey>(
  { rpId, origin }: PasskeySite,
  text: unknown,
  challenge: string,
  known: (id: string) => Promise<Known | undefined>,
): Promise<{ readonly proof: PasskeyProof; readonly passkey: Known } | undefined> {
  const response = readResponse<AuthenticationResponseJSON>(text);
  if (response === undefined) return undefined;
  const passkey = await known(response.id);
  if (passkey === undefined) return undefined;
  const { verifyAuthenticationResponse } = await library();
  const { publicKey, counter } = passkey;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      ...{ response, expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpId },
      ...{ requireUserVerification: true, credential: { id: response.id, publicKey, counter, transports: [] } },
    });
    if (!verified) return undefined;
    const { newCounter, credentialBackedUp: backedUp } = authenticationInfo;
    return { proof: { id: response.id, counter: newCounter, backedUp }, passkey };
  } catch {
    return undefined; // the library throws for what does not fit
  }
}

/** The passkey that an authenticator has made; undefined when its answer proves nothing. */
export async function verifyNewPasskey(
  { rpId, origin }: PasskeySite,
  text: unknown,
  challenge: string,
): Promise<MadePasskey | undefined> {
  const response = readResponse<RegistrationResponseJSON>(text);
  if (response === undefined) return undefined;
  const { verifyRegistrationResponse } = await library();
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      ...{ response, expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpId },
      requireUserVerification: true,
    });
    if (!verified) return undefined;
    const { credential, credentialDeviceType: deviceType, credentialBackedUp: backedUp } = registrationInfo;
    return {
      ...{ id: credential.id, publicKey: Uint8Array.from(credential.publicKey), counter: credential.counter },
      ...{ deviceType, backedUp, transports: credential.transports ?? [] },
    };
  } catch {
    return undefined;
  }
}

/** The id of the passkey with which an answer claims to be made; an empty text when it names none. */
export const claimedPasskey = (text: unknown): string =>
  readResponse<AuthenticationResponseJSON>(text)?.id.slice(0, MAX_ID_CHARS) ?? "";

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
