// NTLM over HTTP as a client does it, leg by leg: a negotiate message, the gateway's challenge, an authenticate
// message. Each leg goes on a connection of its own unless the request brings an agent, because Postern must not need
// the same connection for both.

import type { TestRequest, TestResponse } from "../../../simulator/test-client.ts";
import { unwrap } from "../../../src/core/ntlm/spnego.ts";
import { type ClientProfile, clientAuthenticate, clientNegotiate, PROFILES } from "../../kit/ntlm-client.ts";
import type { Person, TestGateway } from "./gateway.ts";
import { spnegoInit, spnegoResp } from "./spnego.ts";

/** How a client signs in, if it differs from a plain client that spells its name as the directory does. */
export type HowToSignIn = {
  readonly profile?: ClientProfile;
  /** Default NTLM. `Negotiate` sends raw NTLM messages, `SPNEGO` wraps them. */
  readonly scheme?: "NTLM" | "Negotiate" | "SPNEGO";
  readonly user?: string;
  readonly domain?: string;
  readonly password?: string;
  /** The name of the machine, which NTLM tells. */
  readonly workstation?: string;
  /** The service to which the client means to sign in, if its profile says so. Default: the web host's. */
  readonly targetName?: string;
  /** The hash of its TLS channel, if its profile sends one. Default: zeros. */
  readonly channelBinding?: Uint8Array;
};

/** A challenge in hand. */
export type Challenged = { readonly type1: Uint8Array; readonly type2: Uint8Array; readonly response: TestResponse };

type Sender = Pick<TestGateway, "send">;

/** The `Authorization` value that carries a message of the client. */
export function authorization(message: Uint8Array, leg: 1 | 3, scheme: HowToSignIn["scheme"] = "NTLM"): string {
  const token = scheme !== "SPNEGO" ? message : leg === 1 ? spnegoInit(message) : spnegoResp(message);
  return `${scheme === "NTLM" ? "NTLM" : "Negotiate"} ${Buffer.from(token).toString("base64")}`;
}

/** The same request with credentials. */
export const withAuthorization = (request: TestRequest, value: string): TestRequest => ({
  ...request,
  headers: { ...request.headers, authorization: value },
});

/** The first leg. Sends a negotiate message, and throws when no challenge comes back. */
export async function challengeFor(gateway: Sender, request: TestRequest, how: HowToSignIn = {}): Promise<Challenged> {
  const type1 = clientNegotiate(how.profile ?? PROFILES.sipe);
  const response = await gateway.send(withAuthorization(request, authorization(type1, 1, how.scheme)));
  return { type1, type2: challengeIn(response), response };
}

/** The challenge message in a 401, wrapped or not. */
export function challengeIn(response: TestResponse): Uint8Array {
  const [value = "", ...more] = response.lines("www-authenticate");
  const [, scheme, token = ""] = /^(NTLM|Negotiate) ([A-Za-z0-9+/=]+)$/.exec(value) ?? [];
  if (response.status !== 401 || scheme === undefined || more.length > 0) {
    throw new Error(`no challenge in ${response.status} ${response.lines("www-authenticate").join(" | ")}`);
  }
  const unwrapped = unwrap(Buffer.from(token, "base64"));
  if (!unwrapped.ok) throw new Error(`the challenge is ${unwrapped.reason}`);
  return unwrapped.value.ntlm;
}

/** The client's answer to a challenge. */
export function answerTo(
  { type1, type2 }: Pick<Challenged, "type1" | "type2">,
  who: Person,
  how: HowToSignIn = {},
): Uint8Array {
  const { profile = PROFILES.sipe, user = who.account, domain = who.domain, password = who.password } = how;
  const { workstation = "DESKTOP-7F3K2QA" } = how;
  return clientAuthenticate(profile, {
    type1,
    type2,
    user,
    domain,
    password,
    workstation,
    now: Date.now(),
    ...(how.targetName === undefined ? {} : { targetName: how.targetName }),
    ...(how.channelBinding === undefined ? {} : { channelBinding: how.channelBinding }),
  });
}

/** Both legs. Returns the answer to the second. */
export async function signIn(
  gateway: Sender,
  request: TestRequest,
  who: Person,
  how: HowToSignIn = {},
): Promise<TestResponse> {
  const challenged = await challengeFor(gateway, request, how);
  return gateway.send(withAuthorization(request, authorization(answerTo(challenged, who, how), 3, how.scheme)));
}
