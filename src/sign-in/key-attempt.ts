// One attempt to sign in with the key of a device. The signature is good by itself; whether its key opens anything, the
// guard of the user that it names decides. A name that belongs to nobody takes the same way, and a key that nobody has
// gets the same answer. No user's counter moves: nobody can guess a signature. The network counts what a stranger could
// do, so that nobody wakes users' guards for nothing (S-41).

import { waitUntil } from "cloudflare:workers";
import type { EventContext } from "../audit/event.ts";
import { logEvent } from "../audit/log.ts";
import { keysOfName } from "../core/credentials/domains.ts";
import { normaliseName, sameSipUri } from "../core/credentials/names.ts";
import { fingerprintOf } from "../core/lockout/repeats.ts";
import type { DeviceProof } from "../core/proof/verify.ts";
import type { Settlement, Who } from "../guards/network-question.ts";
import type { RefusedProof } from "../guards/proof-question.ts";
import { guardOf, sourceGuardOf, strangersGuardOf, whoKey } from "../guards/route.ts";
import { sourceOf } from "../http/about.ts";
import type { Exchange } from "../http/exchange.ts";
import { openDatabase } from "../store/database.ts";
import { findForSignIn, type SignInRecord } from "../store/directory.ts";
import type { SignedIn } from "./handshake.ts";
import { provingNetworks } from "./proving-networks.ts";

/** The key under which a request is asked about that names nobody. */
const NO_NAME = "\0";
/** Who is counted where there is no key yet. */
const NO_KEY: Who = { name: whoKey("\0signed"), client: "" };

/** A request that proves nothing, and names nobody. Durable when this returns. */
export async function refuseUnproved(
  exchange: Exchange,
  about: EventContext,
  refused: Pick<RefusedProof, "reason" | "why" | "counts">,
): Promise<void> {
  await sourceGuardOf(exchange.env, about.source).refuseProof(about, NO_KEY, refused);
}

/**
 * Decides about a signature that is good by itself. `claimed`: the SIP URI in the request, or what the certificate
 * calls its owner. Undefined: refused, and the audit has it.
 */
export async function attemptByKey(
  exchange: Exchange,
  about: EventContext,
  proof: DeviceProof,
  claimed: string,
): Promise<SignedIn | undefined> {
  const { env, config } = exchange;
  const { keyHash, replayId, usableUntil } = proof;
  const network = sourceGuardOf(env, about.source);
  // A key is counted by itself: what others do in the same network with keys of theirs is not held against it.
  const who: Who = {
    name: whoKey(`\0key ${keyHash}`),
    client: "",
    proof: fingerprintOf(config.keyring, "key", keyHash),
  };
  const reserves = provingNetworks.mustReserve(about.source, Date.now());
  const admission = reserves ? await network.reserve(about, who) : undefined;
  if (admission?.kind === "refused") return undefined;
  const counted = admission?.kind === "admitted" && admission.counted;
  const settle = (end: Settlement, record?: SignInRecord): void => {
    const owner = record && { userId: record.user.id, user: record.user.sipUri };
    waitUntil(noteEnd(network.settle(about, who, end, { counted, ...(owner && { owner }) })));
  };
  const refused = async (record: SignInRecord | undefined, reason?: "key-unknown"): Promise<undefined> => {
    provingNetworks.failed(about.source, Date.now());
    const owner = record && { userId: record.user.id, user: record.user.sipUri };
    await network.refuseProof(about, who, {
      ...(reason && { reason, why: `key ${keyHash}` }),
      ...(owner && { owner }),
      counts: admission === undefined ? "failure" : "reserved",
    });
    return undefined;
  };
  try {
    const record = await userNamed(exchange, claimed);
    const profile = record && { subject: record.subject, policyVersion: record.policyVersion };
    const user = record && profile && { profile, credentials: record.credentials.map(({ id }) => id) };
    const guard =
      record === undefined ? strangersGuardOf(env, nameOf(exchange, claimed)) : guardOf(env, record.user.sipUri);
    const source = sourceOf(exchange.request);
    const verdict = await guard.proveKey({ about, source, keyHash, replayId, usableUntil, ...(user && { user }) });
    if (verdict.kind !== "proved" || record === undefined || profile === undefined) {
      return await refused(record, verdict.kind === "unknown" ? "key-unknown" : undefined);
    }
    const now = Date.now();
    if (!reserves) provingNetworks.succeeded(about.source, now);
    if (provingNetworks.tells(about.source, keyHash, now) || reserves) {
      settle({ kind: "signed-in", forgiven: 0 }, record);
    }
    const wouldRefuse = admission?.kind === "admitted" ? admission.wouldRefuse : undefined;
    return {
      user: record.user,
      credentialId: verdict.credentialId,
      ...endOf(record, verdict.credentialId),
      about,
      profile,
      // Its device need not be recognised by anything else.
      place: "",
      ntlmVersion: "",
      key: { hash: keyHash, device: verdict.device },
      finalChallenge: undefined,
      ...(wouldRefuse && { wouldRefuse }),
    };
  } catch (fault) {
    if (reserves) settle({ kind: "not-counted" }); // nobody looked at the key, and the network did nothing wrong
    throw fault;
  }
}

/** When the app password of the device's partnership runs out, if it does. A renewed one has two secrets. */
function endOf({ credentials }: SignInRecord, id: string): { readonly credentialUntil?: number } {
  const ends = credentials.flatMap((each) => (each.id === id ? [each.until ?? Number.POSITIVE_INFINITY] : []));
  const credentialUntil = Math.max(...ends);
  return Number.isFinite(credentialUntil) ? { credentialUntil } : {};
}

/** Whom the request names. It has to be the user's SIP URI: by that the guard is found. */
async function userNamed({ env, config }: Exchange, claimed: string): Promise<SignInRecord | undefined> {
  const name = normaliseName(claimed);
  if (!name.ok) return undefined;
  const record = await findForSignIn(openDatabase(env.DB), keysOfName(name.value, config.domains), Date.now());
  return record !== undefined && sameSipUri(claimed, record.user.sipUri) ? record : undefined;
}

function nameOf({ config }: Exchange, claimed: string): string {
  const name = normaliseName(claimed);
  return name.ok ? keysOfName(name.value, config.domains)[0] : NO_NAME;
}

/** A network that does not hear of a success counts one failure too many, until its count drains. */
async function noteEnd(settling: Promise<void>): Promise<void> {
  try {
    await settling;
  } catch {
    logEvent({ event: "unavailable", reason: "settle" });
  }
}
