// Which guard answers for whom. A user's guard is named by the user's SIP URI, because that is what a SAML ticket says of
// its subject: a presented ticket finds its guard without a look-up. A hash, so that object names show nobody's address.

import { createHash } from "node:crypto";
import { sipUriOf } from "../credentials/names.ts";
import type { SourceGuard } from "./source-guard.ts";
import type { UserGuard } from "./user-guard.ts";

type Guards = {
  readonly USER_GUARD: DurableObjectNamespace<UserGuard>;
  readonly SOURCE_GUARD: DurableObjectNamespace<SourceGuard>;
};

/** The guard of a user, by SIP URI in any spelling. */
export function guardOf(env: Pick<Guards, "USER_GUARD">, sipUri: string): DurableObjectStub<UserGuard> {
  let name = recentNames.get(sipUri);
  if (name === undefined) {
    const normalised = sipUriOf(sipUri);
    name = nameFor("user", normalised.ok ? normalised.value : sipUri);
    if (recentNames.size >= MAX_RECENT_NAMES) recentNames.clear();
    recentNames.set(sipUri, name);
  }
  return env.USER_GUARD.getByName(name);
}

/** Folding and hashing a name costs as much as asking its guard; a user's requests come in bursts. */
const recentNames = new Map<string, string>();
const MAX_RECENT_NAMES = 5_000;

/** The object that goes through the motions for a name nobody has, as far away and as busy as a user's would be. It keeps nothing. */
export function strangersGuardOf(env: Pick<Guards, "USER_GUARD">, name: string): DurableObjectStub<UserGuard> {
  return env.USER_GUARD.getByName(nameFor("stranger", name));
}

/** The guard of a client network, as `networkOf` names it. */
export function sourceGuardOf(env: Pick<Guards, "SOURCE_GUARD">, source: string): DurableObjectStub<SourceGuard> {
  return env.SOURCE_GUARD.getByName(nameFor("source", source));
}

/** A name as it was typed, for a network's guard: a key that shows nothing of it. `name`: normalised. */
export const whoKey = (name: string): string => nameFor("who", name);

function nameFor(kind: string, name: string): string {
  return createHash("sha256").update(`${kind}\0${name}`).digest("hex");
}
