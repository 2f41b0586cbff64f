// One attempt to sign in, over any channel. The network's guard counts it or turns it away, the directory finds the
// user, and the user's guard decides. A name that belongs to nobody takes the same way, so that an outsider sees no
// difference. When this returns, a refusal is in the audit and has been held back until the refusal floor.

import { waitUntil } from "cloudflare:workers";
import {
  type AuditedEvent,
  auditEvent,
  type Channel,
  type ChannelBinding,
  type Decision,
  type EventContext,
} from "../audit/event.ts";
import { logEvent } from "../audit/log.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { keysOfName } from "../core/credentials/domains.ts";
import { type Evidence, proofFingerprint } from "../core/credentials/evidence.ts";
import type { NameFault } from "../core/credentials/names.ts";
import { placeOf } from "../core/device/by-place.ts";
import { clientKey } from "../core/lockout/client-key.ts";
import type { Result } from "../core/result.ts";
import type { Settlement, Who } from "../guards/network-question.ts";
import type { Profile } from "../guards/profile.ts";
import { guardOf, sourceGuardOf, strangersGuardOf, whoKey } from "../guards/route.ts";
import type { SignInVerdict } from "../guards/sign-in-question.ts";
import { keysOfUser } from "../guards/user-keys.ts";
import { aboutRequest } from "../http/about.ts";
import type { Exchange } from "../http/exchange.ts";
import { heldBack } from "../http/refusal-floor.ts";
import { openDatabase } from "../store/database.ts";
import { findForSignIn, type SignInRecord, type SignInUser } from "../store/directory.ts";

/** Who somebody claims to be, and the evidence for it. */
export type ClaimedUser = {
  readonly channel: Channel;
  /** Normalised. */
  readonly name: Result<string, NameFault>;
  /** NTLM workstation name; empty on other channels. */
  readonly workstation: string;
  /** NTLM only. */
  readonly channelBinding?: ChannelBinding;
  /** `major.minor.build` of the client's NTLM; empty on other channels. */
  readonly ntlmVersion: string;
  readonly evidence: Evidence;
};

/** A user who was proved, and what the audit will say about the sign-in. */
export type ProvedUser = {
  readonly user: SignInUser;
  readonly credentialId: string;
  /** When the app password runs out, ms; absent when it does not. */
  readonly credentialUntil?: number;
  readonly about: EventContext;
  /** What the user's guard has to know of the user before it remembers a ticket. */
  readonly profile: Profile;
  /** The network and the client, as the user's guard keeps them with a ticket. */
  readonly place: string;
  readonly ntlmVersion: string;
  /** The key that signed the request, and the partnership whose device has it. */
  readonly key?: { readonly hash: string; readonly device: string };
  /** The account that the page's token named, as a SID. A ticket must be for it. */
  readonly sid?: string;
  /** The id of that token. */
  readonly page?: string;
  readonly wouldRefuse?: AuditReason;
};

export type Attempted =
  | (ProvedUser & { readonly kind: "signed-in"; readonly exportedSessionKey?: Uint8Array })
  /** Answer with the refusal in the channel's own form. */
  | { readonly kind: "refused" }
  /** Answer 503. */
  | { readonly kind: "unavailable" };

/** The key under which a name is counted that cannot be a name. */
const NO_NAME = "\0";

/** Decides one attempt. */
export async function attemptSignIn(exchange: Exchange, claim: ClaimedUser): Promise<Attempted> {
  const attempted = await decide(exchange, claim);
  if (attempted.kind === "refused") await heldBack(exchange);
  return attempted;
}

async function decide(exchange: Exchange, claim: ClaimedUser): Promise<Attempted> {
  const { config, env, stages } = exchange;
  const about: EventContext = {
    ...aboutRequest(exchange.request, exchange.target.host, claim.channel, claim.workstation),
    ...(claim.channelBinding && { channelBinding: claim.channelBinding }),
  };
  const names = claim.name.ok ? keysOfName(claim.name.value, config.domains) : ([NO_NAME] as const);
  const [name] = names;
  const { keyring } = config;
  // What the guard that decides keeps with its event: the stages before it.
  const soFar = (): EventContext => ({ ...about, stages: stages.text() });
  const client = clientKey(keyring, about);
  const who: Who = { name: whoKey(name), client, proof: proofFingerprint(keyring, claim.evidence, client) };
  const network = sourceGuardOf(env, about.source);
  const admission = await stages.timed("network-guard", () => network.reserve(soFar(), who), kindOf);
  if (admission.kind === "refused") return admission;
  const wouldRefuse = admission.kind === "admitted" ? admission.wouldRefuse : undefined;

  const counted = admission.kind === "admitted" && admission.counted;

  // The network's guard keeps the attempt as a failure unless it hears otherwise. The answer does not wait for that.
  const settle = (end: Settlement, of?: SignInUser): void => {
    const owner = of && { userId: of.id, user: of.sipUri };
    waitUntil(noteEnd(network.settle(about, who, end, { counted, ...(owner && { owner }) }), about.requestId));
  };
  if (admission.kind === "familiar" && admission.owner !== undefined) {
    const { userId, user } = admission.owner;
    const proof = { about: soFar(), client, evidence: claim.evidence, userId };
    const recalled = await stages.timed("user-guard", () => guardOf(env, user).recall(proof), String);
    if (recalled === "wrong") return { kind: "refused" };
  }
  let record: SignInRecord | undefined;
  try {
    const find = () => findForSignIn(openDatabase(env.DB), names, Date.now());
    record = claim.name.ok ? await stages.timed("directory", find, foundAs) : undefined;
  } catch (fault) {
    settle({ kind: "not-counted" }); // nobody looked at the proof, and the network did nothing wrong
    throw fault;
  }
  if (record === undefined) {
    await stages.timed("user-guard", () => strangersGuardOf(env, name).refuseStranger(claim.evidence));
    await stages.timed("network-guard", () => network.recordStranger(soFar(), who, wouldRefuse));
    return { kind: "refused" };
  }
  const { user } = record;
  const known = admission.kind === "familiar" ? admission.owner : undefined;
  const isNews = known?.userId !== user.id || known.user !== user.sipUri;
  if (admission.kind === "familiar" && isNews) settle({ kind: "known" }, user);
  let verdict: SignInVerdict;
  try {
    const question = { about: soFar(), client, evidence: claim.evidence, user: guardsUser(record) };
    const ask = () =>
      guardOf(env, user.sipUri).signIn({ ...question, ...(wouldRefuse === undefined ? {} : { wouldRefuse }) });
    verdict = await stages.timed("user-guard", ask, kindOf);
  } catch (fault) {
    settle({ kind: "not-counted" }); // a guard that is overloaded or gone tells nothing about the network
    throw fault;
  }
  switch (verdict.kind) {
    case "refused":
    case "held":
      if (verdict.until !== undefined) settle({ kind: "held", until: verdict.until }, user);
      // other attempts with the same proof wait for it
      else if (admission.kind === "admitted" && !counted) settle({ kind: "known" }, user);
      return { kind: "refused" };
    case "repeated":
      settle(verdict.recognised ? { kind: "recognised", lasting: verdict.lasting } : { kind: "wrong" }, user);
      return { kind: "refused" };
    case "unavailable":
      settle({ kind: "not-counted" });
      logEvent({ event: "unavailable", reason: verdict.reason, requestId: about.requestId, user: user.sipUri });
      return { kind: "unavailable" };
    case "signed-in": {
      settle({ kind: "signed-in", forgiven: verdict.forgiven, names: keysOfUser(user, config.domains) }, user);
      const { subject, policyVersion } = record;
      return {
        ...verdict,
        user,
        about,
        profile: { subject, policyVersion },
        place: placeOf(about.source, client),
        ntlmVersion: claim.ntlmVersion,
      };
    }
  }
}

/** A network that does not hear of a success counts one failure too many, until its count drains. */
async function noteEnd(settling: Promise<void>, requestId: string): Promise<void> {
  try {
    await settling;
  } catch {
    logEvent({ event: "unavailable", reason: "settle", requestId });
  }
}

/** What a guard answered, for the trace. */
const kindOf = ({ kind }: { readonly kind: string }): string => kind;

/** What the directory answered: whose name it is, in which form, or that it is nobody's. */
const foundAs = (record: SignInRecord | undefined): string => record?.as ?? "nobody";

/**
 * The event of a proved user's sign-in, once it is known how it ended. `ticketUntil`: when the ticket ends that the
 * client gets, ms.
 */
export function eventOf(
  { stages }: Pick<Exchange, "stages">,
  by: ProvedUser,
  decision: Pick<Decision, "outcome" | "reason">,
  ticketUntil?: number,
): AuditedEvent {
  const { user, credentialId, about, wouldRefuse, key } = by;
  const signed = key && { device: key.device, why: `key ${key.hash}` };
  const of = { userId: user.id, user: user.sipUri, credentialId, wouldRefuse, ...signed };
  return auditEvent({ ...about, stages: stages.text(ticketUntil) }, { ...decision, ...of }, Date.now());
}

/** A proved user's sign-in that ended without a ticket; durable when this returns. */
export async function recordEnd(
  exchange: Pick<Exchange, "env" | "stages">,
  by: ProvedUser,
  decision: Pick<Decision, "outcome" | "reason">,
): Promise<void> {
  const event = eventOf(exchange, by, decision);
  await exchange.stages.timed("user-guard", () => guardOf(exchange.env, by.user.sipUri).recordEnd(event));
}

function guardsUser({ user, subject, policyVersion, credentials, revoked, expired }: SignInRecord) {
  const { id, sipUri, disabled } = user;
  return {
    ...{ id, sipUri, disabled, groups: subject.groups, policyVersion },
    ...{ credentials: [...credentials], revoked: [...revoked], expired: [...expired] },
  };
}
