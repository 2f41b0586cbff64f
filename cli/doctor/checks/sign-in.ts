// A whole sign-in with an account of the administrator's, if one was given: discovery, NTLM, ticket, own discovery.

import { type ProbeStep, probeSteps } from "../../../src/core/probe/steps.ts";
import { type SignInOutcome, signInOnce } from "../../sign-in/sign-in.ts";
import { judgeReason, reasonOf } from "../audit-reason.ts";
import type { Doctor } from "../doctor.ts";
import { type Check, type Finding, judged, type Outcome, unseen } from "../types.ts";

const WITHIN_MS = 40_000;

export const signIn: Check = {
  ...{ id: "sign-in", group: "handshake", looks: "a whole sign-in with the account that you give" },
  counted: true,
  withinMs: WITHIN_MS + 10_000,
  async run({ plan, reach, account, inside }) {
    if (account === undefined) return unseen("no account was given: --account and --password-file");
    const host = plan.discovery[0] ?? plan.web[0];
    if (host === undefined) return unseen("no host is known: give --host, or a target");
    const { scheme, address, port } = reach.way(host, "https", undefined, false);
    if (scheme === "http" && !isLoopback(address))
      return unseen("the way to the gateway is not encrypted, and a password does not go there");
    const gateway = new URL(
      reach.fixed === undefined
        ? `https://${host}`
        : `${scheme}://${address.includes(":") ? `[${address}]` : address}:${port}`,
    );
    const signal = AbortSignal.timeout(WITHIN_MS);
    const outcome = await signInOnce({ gateway, host, ...account, userAgent: DOCTOR_USER_AGENT, signal });
    const refused = !outcome.ok && outcome.reason === "refused" ? outcome.requestId : undefined;
    const reason = await reasonOf(inside, refused ?? "");
    const finding = reason === undefined ? undefined : judgeReason(reason, host);
    return finding === undefined ? judgeSignIn(outcome, host, reason) : judged([finding], "");
  },
};

export const DOCTOR_USER_AGENT = "Postern-Doctor";
export const isLoopback = (address: string): boolean => /^127\.|^::1$|^localhost$/.test(address);

const AT: Readonly<Record<ProbeStep, string>> = {
  discovery: "discovery",
  offer: "the offer of a token service",
  challenge: "the challenge",
  "sign-in": "the answer to the challenge",
  "own-discovery": "the user's own discovery",
  device: "the start of UCWA",
};

/** What came of the sign-in. */
export function judgeSignIn(outcome: SignInOutcome, host: string, audited?: string): Outcome {
  if (outcome.ok) {
    const all = Object.values(outcome.timings).reduce((sum, ms) => sum + ms, 0);
    return judged([], `signed in within ${Math.round(all)} ms; the sealed text of the challenge came back whole`);
  }
  const { at, reason, status, requestId } = outcome;
  const said = [reason, status, ...(audited === undefined ? [] : [`audit: ${audited}`])]
    .filter((part) => part !== undefined)
    .join(", ");
  const finding: Finding = {
    ...{ severity: "fault", about: host, what: `the sign-in ends at ${AT[at]}: ${said}` },
    why: "This account cannot use the gateway. If it is a right one, nobody can.",
    fix: fixFor(at, reason, requestId),
  };
  return judged([finding], "");
}

function fixFor(at: ProbeStep, reason: string, requestId: string | undefined): string {
  const why = requestId === undefined ? "" : ` npx postern why --request ${requestId} says what Postern thought.`;
  if (reason === "certificate") return "The certificate is not right, so nothing was sent: see the check certificate.";
  if (reason === "refused")
    return `Give an app password, and not the directory password. It counts as one failure.${why}`;
  if (reason === "ticket-refused") return `The device Postern-Doctor may be refused by the policy.${why}`;
  if (reason === "unavailable") return `Something that Postern depends on is away: npx postern health.${why}`;
  return at === "discovery" || at === "offer"
    ? `See the checks discovery, links and grants.${why}`
    : `See the checks ntlm and wrong-password.${why}`;
}

/** Signs in by `ask`, and gives the ticket. Undefined: it did not work; the check sign-in says why. */
export async function ticketFor(
  { ask, account, now }: Doctor,
  host: string,
  hashed: Uint8Array,
  random: (bytes: number) => Uint8Array,
): Promise<string | undefined> {
  const steps = probeSteps({
    ...{ host, account: account?.account ?? "", ntHash: hashed, random, now },
    userAgent: DOCTOR_USER_AGENT,
  });
  let ticket: string | undefined;
  for (let step = steps.next(); step.done !== true; ) {
    const { stage, ...question } = step.value;
    const answer = await ask({ ...question, secret: true });
    if (answer.kind === "silent") return undefined;
    const body = answer.body.toString("utf8");
    if (stage === "sign-in") ticket = /"access_token"\s*:\s*"(cwt=[^"\\]+)"/.exec(body)?.[1];
    const header = (name: string): string =>
      answer.headers.flatMap(([each, value]) => (each === name ? [value] : [])).join(", ");
    step = steps.next({ status: answer.status, header, body });
    if (step.done === true && !step.value.ok) return undefined;
  }
  return ticket;
}
