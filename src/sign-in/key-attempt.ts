// One attempt to sign in with the key of a device. The Worker has verified the signature. The guard of the user whom
// the request names decides whether the key opens anything. A name that belongs to nobody takes the same way, and an
// unknown key gets the same answer. No user's counter moves, because nobody can guess a signature. The network's
// counter moves, so that a stranger cannot keep waking users' guards (S-41).

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

/** The name that is used when a request names nobody. */
const NO_NAME = "\0";
/** The client that is counted when there is no key yet. */
const NO_KEY: Who = { name: whoKey("\0signed"), client: "" };

/** Counts a request that proves nothing and names nobody. The count is stored when this returns. */
export async function refuseUnproved(
  exchange: Exchange,
  about: EventContext,
  refused: Pick<RefusedProof, "reason" | "why" | "counts">,
): Promise<void> {
  const network = sourceGuardOf(exchange.env, about.source);
  const soFar = { ...about, stages: exchange.stages.text() };
  await exchange.stages.timed("network-guard", () => network.refuseProof(soFar, NO_KEY, refused));
}

/**
 * Decides about a verified signature. `claimed`: the SIP URI in the request, or the owner that the certificate names.
 * Undefined: the attempt was refused, and the audit has the event.
 */
export async function attemptByKey(
  exchange: Exchange,
  about: EventContext,
  proof: DeviceProof,
  claimed: string,
): Promise<SignedIn | undefined> {
  const { env, config, stages } = exchange;
  const { keyHash, replayId, usableUntil } = proof;
  const network = sourceGuardOf(env, about.source);
  const soFar = (): EventContext => ({ ...about, stages: stages.text() });
  // Each key is counted by itself. What other keys do in the same network does not count against it.
  const who: Who = {
    name: whoKey(`\0key ${keyHash}`),
    client: "",
    proof: fingerprintOf(config.keyring, "key", keyHash),
  };
  const reserves = provingNetworks.mustReserve(about.source, Date.now());
  const admission = reserves ? await stages.timed("network-guard", () => network.reserve(soFar(), who)) : undefined;
  if (admission?.kind === "refused") return undefined;
  const counted = admission?.kind === "admitted" && admission.counted;
  const settle = (end: Settlement, record?: SignInRecord): void => {
    const owner = record && { userId: record.user.id, user: record.user.sipUri };
    waitUntil(noteEnd(network.settle(about, who, end, { counted, ...(owner && { owner }) }), about.requestId));
  };
  const refused = async (record: SignInRecord | undefined, reason?: "key-unknown"): Promise<undefined> => {
    provingNetworks.failed(about.source, Date.now());
    const owner = record && { userId: record.user.id, user: record.user.sipUri };
    const told = {
      ...(reason && { reason, why: `key ${keyHash}` }),
      ...(owner && { owner }),
      counts: admission === undefined ? "failure" : "reserved",
    } as const;
    await stages.timed("network-guard", () => network.refuseProof(soFar(), who, told));
    return undefined;
  };
  try {
    const record = await userNamed(exchange, claimed);
    const profile = record && { subject: record.subject, policyVersion: record.policyVersion };
    const user = record && profile && { profile, credentials: record.credentials.map(({ id }) => id) };
    const guard =
      record === undefined ? strangersGuardOf(env, nameOf(exchange, claimed)) : guardOf(env, record.user.sipUri);
    const source = sourceOf(exchange.request);
    const question = { about: soFar(), source, keyHash, replayId, usableUntil, ...(user && { user }) };
    const verdict = await stages.timed("user-guard", () => guard.proveKey(question));
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
      // Nothing else needs to recognise the device.
      place: "",
      ntlmVersion: "",
      key: { hash: keyHash, device: verdict.device },
      finalChallenge: undefined,
      ...(wouldRefuse && { wouldRefuse }),
    };
  } catch (fault) {
    if (reserves) settle({ kind: "not-counted" }); // nobody has looked at the key, and the network did nothing wrong
    throw fault;
  }
}

/** When the app password of the device's partnership runs out, if it does. After a renewal it has two secrets. */
function endOf({ credentials }: SignInRecord, id: string): { readonly credentialUntil?: number } {
  const ends = credentials.flatMap((each) => (each.id === id ? [each.until ?? Number.POSITIVE_INFINITY] : []));
  const credentialUntil = Math.max(...ends);
  return Number.isFinite(credentialUntil) ? { credentialUntil } : {};
}

/** The user whom the request names. The name must be the SIP URI, because the guard is found by it. */
async function userNamed({ env, config, stages }: Exchange, claimed: string): Promise<SignInRecord | undefined> {
  const name = normaliseName(claimed);
  if (!name.ok) return undefined;
  const keys = keysOfName(name.value, config.domains);
  const record = await stages.timed(
    "directory",
    () => findForSignIn(openDatabase(env.DB), keys, Date.now()),
    (found) => found?.as ?? "nobody",
  );
  return record !== undefined && sameSipUri(claimed, record.user.sipUri) ? record : undefined;
}

function nameOf({ config }: Exchange, claimed: string): string {
  const name = normaliseName(claimed);
  return name.ok ? keysOfName(name.value, config.domains)[0] : NO_NAME;
}

/** When the network's guard does not hear of a success, it counts one failure too many, until its count has drained. */
async function noteEnd(settling: Promise<void>, requestId: string): Promise<void> {
  try {
    await settling;
  } catch {
    logEvent({ event: "unavailable", reason: "settle", requestId });
  }
}
