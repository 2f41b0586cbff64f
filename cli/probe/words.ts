// What a failed synthetic sign-in means, and what to do about it: the stage, the fault, and the fix.

import type { ProbeStep } from "../../src/core/probe/steps.ts";
import type { SignInOutcome } from "../sign-in/sign-in.ts";

type Failure = Extract<SignInOutcome, { ok: false }>;
type Fault = Failure["reason"];
type Words = { readonly said: string; readonly fix: string };

const DEPLOYED = "Look at the route of the host and at the Worker: npx postern health.";
const LOGGED = "Look at the gateway: npx postern health.";

/** For each fault, unless the stage says more. */
const WORDS: Readonly<Record<Fault, Words>> = {
  "no-such-name": {
    said: "the host has no address",
    fix: "Look at the DNS record of the host, and at the resolver of this machine.",
  },
  certificate: {
    said: "TLS failed",
    fix: "Look at the certificate of the host, and at what this machine trusts.",
  },
  unreachable: {
    said: "nobody answers",
    fix: "Look at the way from here to the host: firewall, proxy, status of Cloudflare.",
  },
  timeout: {
    said: "no answer came in time",
    fix: "Look at which stage is slow in the other runs: npx postern health.",
  },
  "too-long": {
    said: "the answer is too long for a Front-End's",
    fix: "Something else than Postern answers at this address. Look at the route of the host.",
  },
  status: { said: "an unexpected answer", fix: DEPLOYED },
  unavailable: { said: "the gateway or what is behind it does not work", fix: LOGGED },
  "no-links": {
    said: "the answer has no link to go on with",
    fix: "Something else than the pool's discovery answers. Look at the route of the host and at ORIGIN.",
  },
  "link-elsewhere": {
    said: "the token service is at another host than the user's discovery",
    fix: "The probe sends its proof to no other host. Look at the external web URL of the pool: Get-CsWebServer.",
  },
  "no-grant": {
    said: "signing in with Windows credentials is not offered",
    fix: "Enable it at the pool: Set-CsWebServiceConfiguration -UseWindowsAuth Negotiate.",
  },
  "no-challenge": {
    said: "no NTLM challenge",
    fix: 'The probe speaks NTLM. With CHALLENGE = "Negotiate" Postern answers NTLM as well, so look at what is in front of it.',
  },
  "bad-challenge": {
    said: "an NTLM challenge that no current client answers",
    fix: "Something else than Postern answers here. Look at the route of the host.",
  },
  refused: {
    said: "the name or the app password was refused",
    fix: "Look at why: npx postern why --request ID, with the id of this line. An end of the app password, a disabled user and a lock look the same from outside.",
  },
  "no-ticket": { said: "the answer has no ticket", fix: LOGGED },
  "ticket-refused": {
    said: "the ticket was refused that had just been given",
    fix: "Look at why: npx postern why --request ID, with the id of this line.",
  },
  "no-applications": {
    said: "the pool knows the user and offers nothing",
    fix: "Look at the user at the pool: Get-CsUser. Its home pool, or its mobility policy, may have changed.",
  },
  "device-refused": {
    said: "the probe's device was refused",
    fix: "Look at why: npx postern device list, and npx postern why with the user and the device.",
  },
};

/** Where a fault means something else at one stage. */
const AT: Readonly<Partial<Record<`${ProbeStep} ${Fault}`, Words>>> = {
  "discovery status": {
    said: "the host does not answer as a pool",
    fix: "Give --host one of PUBLIC_HOSTS, or the address of one with --url.",
  },
  "discovery unavailable": {
    said: "the Front-End does not answer",
    fix: "Look at the tunnel, the VPC service and IIS: npx postern health.",
  },
  "offer status": { said: "the user's discovery is not published as Postern does", fix: DEPLOYED },
  "sign-in unavailable": {
    said: "the password was right, and no ticket came",
    fix: "Look at the connector, its clock and the Front-End: npx postern health, then docs/sign-on.md.",
  },
  "device no-links": { said: "the started application has no address", fix: LOGGED },
};

/** What a failure means, and what to do. */
export function wordsOf({ at, reason, status, code, requestId }: Failure): Words {
  const { said, fix } = AT[`${at} ${reason}`] ?? WORDS[reason];
  const facts = [
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...(code === undefined ? [] : [code]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ];
  const id = requestId ?? "ID";
  return {
    said: `${at}: ${said}${facts.length === 0 ? "" : ` (${facts.join(", ")})`}`,
    fix: fix.replace("--request ID, with the id of this line", `--request ${id}`),
  };
}
