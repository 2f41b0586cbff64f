// Which guard answers for whom. A user's guard is named by the user's SIP URI, because a SAML ticket names its subject
// by that: a presented ticket finds its guard without a look-up. The name is a hash, so that object names show nobody's
// address.

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

/**
 * Remembered, because folding and hashing a name costs as much as asking its guard, and a user's requests come in
 * bursts. Public for the test of its bound.
 */
export const recentNames = new BoundedMap<string>(1024 * 1024, bytesOfText);

/**
 * The object that is asked when a name belongs to nobody. It is as far away and as busy as a user's guard would be,
 * does the same work, and keeps nothing.
 */
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

/** How a Front-End names a meeting guest (RFC 3323, 4.1). Nobody owns this domain, so no user has such an address. */
const GUEST = /@anonymous\.invalid$/i;
/** All guests may have one name, so their tickets are spread over this many guards. */
const GUEST_SHARDS = 32;

/**
 * The guard that remembers a ticket with this subject. `id`: the ticket's id. For a guest's SAML ticket it is the
 * fingerprint in hex, which chooses one of the guests' guards. So the caller needs only what the ticket says itself.
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

/**
 * The key of a conference for the guards. It shows nothing of the conference's name, because that may contain the
 * meeting's key.
 */
export const conferenceKey = (name: string): string => nameFor("conference", name);

/** The key of a name as it was typed, for a network's guard. It shows nothing of the name. `name`: normalised. */
export const whoKey = (name: string): string => nameFor("who", name);

function nameFor(kind: string, name: string): string {
  return createHash("sha256").update(`${kind}\0${name}`).digest("hex");
}
