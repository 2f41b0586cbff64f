// One attempt to prove who one is at the portal (S-59). The network's guard counts it or turns it away, and then the
// user's guard counts it and decides. One refusal and one time for all reasons (S-22). `sign-in/attempt.ts` does the
// same for Lync's clients.

import { waitUntil } from "cloudflare:workers";
import type { EventContext, SignInChannel } from "../../audit/event.ts";
import { logEvent } from "../../audit/log.ts";
import type { AuditReason } from "../../audit/reasons.ts";
import { clientKey } from "../../core/lockout/client-key.ts";
import type { Settlement, Who } from "../../guards/network-question.ts";
import type { PortalNone, PortalRefused, PortalSignedIn } from "../../guards/portal-question.ts";
import { sourceGuardOf } from "../../guards/route.ts";
import { keysOfUser } from "../../guards/user-keys.ts";
import { aboutRequest } from "../../http/about.ts";
import { heldBack } from "../../http/refusal-floor.ts";
import type { User } from "../../store/directory.ts";
import type { PortalVisit } from "../site.ts";

/** What the user's guard is told beside the proof. */
export type Asking = { readonly about: EventContext; readonly client: string; readonly wouldRefuse?: AuditReason };

/** What the user's guard said of a proof; undefined: the proof is of nobody. */
export type Judged = { readonly user: User; readonly answer: PortalSignedIn | PortalRefused | PortalNone } | undefined;

/** Somebody who has proved who they are. */
export type Proved = { readonly user: User; readonly signedIn: PortalSignedIn };

/**
 * Makes one attempt. `name`: the key under which the network counts it. `judge`: finds the user and asks the user's
 * guard. `channel`: over which page it came. Undefined: refused, and held back.
 */
export async function attemptAtPortal(
  visit: PortalVisit,
  name: string,
  judge: (asking: Asking) => Promise<Judged>,
  channel: SignInChannel = "portal",
): Promise<Proved | undefined> {
  const { env, config, request, host, source } = visit;
  const about = aboutRequest(request, host, channel);
  const client = clientKey(config.keyring, about);
  const who: Who = { name, client };
  const network = sourceGuardOf(env, source);
  const admission = await network.reserve(about, who);
  if (admission.kind === "refused") {
    await heldBack(visit);
    return undefined;
  }
  const counted = admission.kind === "admitted" && admission.counted;
  const wouldRefuse = admission.kind === "admitted" ? admission.wouldRefuse : undefined;
  const settle = (end: Settlement, user?: User): void => {
    const owner = user && { userId: user.id, user: user.sipUri };
    waitUntil(noteEnd(network.settle(about, who, end, { counted, ...(owner && { owner }) })));
  };
  let judged: Judged;
  try {
    judged = await judge({ about, client, ...(wouldRefuse && { wouldRefuse }) });
  } catch (fault) {
    settle({ kind: "not-counted" }); // nobody looked at the proof, and the network did nothing wrong
    throw fault;
  }
  if (judged?.answer.kind === "signed-in") {
    const { user, answer } = judged;
    settle({ kind: "signed-in", forgiven: answer.forgiven, names: keysOfUser(user, config.domains) }, user);
    return { user, signedIn: answer };
  }
  if (judged === undefined) await network.recordStranger(about, who, wouldRefuse);
  else if (judged.answer.kind === "refused" && judged.answer.until !== undefined) {
    settle({ kind: "held", until: judged.answer.until }, judged.user);
  }
  await heldBack(visit);
  return undefined;
}

/** A network that does not hear of a success counts one failure too many, until its count drains. */
async function noteEnd(settling: Promise<void>): Promise<void> {
  try {
    await settling;
  } catch {
    logEvent({ event: "unavailable", reason: "settle" });
  }
}
