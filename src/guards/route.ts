// Which guard answers for whom. A user's guard is named by the user's SIP URI, because that is what a SAML ticket says of
// its subject: a presented ticket finds its guard without a look-up. A hash, so that object names show nobody's address.

import { createHash } from "node:crypto";
import { sipUriOf } from "../core/credentials/names.ts";
import { BoundedMap, bytesOfText } from "../core/text/bounded-map.ts";
import type { GuardNamespaces, GuestGuardCalls, SourceGuardCalls, UserGuardCalls } from "./calls.ts";

/** The guard of a user, by SIP URI in any spelling. */
export function guardOf(env: Pick<GuardNamespaces, "USER_GUARD">, sipUri: string): DurableObjectStub<UserGuardCalls> {
  return env.USER_GUARD.getByName(recentNames.get(sipUri) ?? nameOfGuard(sipUri));
}

function nameOfGuard(sipUri: string): string {
  const normalised = sipUriOf(sipUri);
  if (!normalised.ok) return nameFor("user", sipUri);
  const name = nameFor("user", normalised.value);
  recentNames.set(sipUri, name); // a SIP URI is short, so nothing long is kept
  return name;
}

/** Folding and hashing a name costs as much as asking its guard; a user's requests come in bursts. Public for the test of its bound. */
export const recentNames = new BoundedMap<string>(1024 * 1024, bytesOfText);

/** The object that goes through the motions for a name nobody has, as far away and as busy as a user's would be. It keeps nothing. */
export function strangersGuardOf(
  env: Pick<GuardNamespaces, "USER_GUARD">,
  name: string,
): DurableObjectStub<UserGuardCalls> {
  return env.USER_GUARD.getByName(nameFor("stranger", name));
}

/** The guard of a client network, as `networkOf` names it. */
export function sourceGuardOf(
  env: Pick<GuardNamespaces, "SOURCE_GUARD">,
  source: string,
): DurableObjectStub<SourceGuardCalls> {
  return env.SOURCE_GUARD.getByName(nameFor("source", source));
}

/** What a Front-End calls a meeting guest (RFC 3323, 4.1): the domain is nobody's, so no user has such an address. */
const GUEST = /@anonymous\.invalid$/i;
/** All guests may have one name, so their tickets are spread over so many guards. */
const GUEST_SHARDS = 32;

/**
 * The guard that remembers a ticket with this subject. `id`: the ticket's; of a guest's SAML ticket, its fingerprint in hex, which
 * says which of the guests' guards it is: who asks need not know more of the ticket than it says itself.
 */
export function ticketGuardOf(
  env: Pick<GuardNamespaces, "USER_GUARD">,
  subject: string,
  id: string,
): DurableObjectStub<UserGuardCalls> {
  if (!GUEST.test(subject)) return guardOf(env, subject);
  return env.USER_GUARD.getByName(nameFor("guests", String(Number.parseInt(id.slice(0, 4), 16) % GUEST_SHARDS)));
}

/** The guard of the guests from a network, as `guestNetworkOf` names it. */
export function guestGuardOf(
  env: Pick<GuardNamespaces, "GUEST_GUARD">,
  network: string,
): DurableObjectStub<GuestGuardCalls> {
  return env.GUEST_GUARD.getByName(nameFor("guest-network", network));
}

/** The guard of a conference. `key`: its {@link conferenceKey}. */
export function conferenceGuardOf(
  env: Pick<GuardNamespaces, "GUEST_GUARD">,
  key: string,
): DurableObjectStub<GuestGuardCalls> {
  return env.GUEST_GUARD.getByName(nameFor("conference-guard", key));
}

/** A conference for the guards: a key that shows nothing of its name, which may hold the way in. */
export const conferenceKey = (name: string): string => nameFor("conference", name);

/** A name as it was typed, for a network's guard: a key that shows nothing of it. `name`: normalised. */
export const whoKey = (name: string): string => nameFor("who", name);

function nameFor(kind: string, name: string): string {
  return createHash("sha256").update(`${kind}\0${name}`).digest("hex");
}
