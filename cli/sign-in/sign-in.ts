// Signs in once at a gateway, over the network, as a phone would. `probe` and `doctor` use it. The requests are those of
// core/probe; here they are sent by node:http, because fetch forbids the Host header that a local gateway needs.

import { randomBytes } from "node:crypto";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import {
  MAX_PROBE_ANSWER_BYTES,
  type ProbeAnswer,
  type ProbeFault,
  type ProbeRequest,
  type ProbeStep,
  probeSteps,
} from "../../src/core/probe/steps.ts";
import { ntHash } from "./md4.ts";

/** Why no answer came. */
export type NetworkFault = "no-such-name" | "certificate" | "unreachable" | "timeout" | "too-long";

/** For how long each stage took, ms. A stage that was not reached is missing. */
export type Timings = Readonly<Partial<Record<ProbeStep, number>>>;

export type SignInOutcome =
  | { readonly ok: true; readonly timings: Timings; readonly ticket: { readonly kind: "compact" } }
  | {
      readonly ok: false;
      readonly at: ProbeStep;
      readonly reason: ProbeFault | NetworkFault;
      readonly status?: number;
      /** The request id of the answer that said no: `postern why ID` explains it. */
      readonly requestId?: string;
      /** The system's own code of a fault of the network, such as ECONNREFUSED. */
      readonly code?: string;
      readonly timings: Timings;
    };

/** Where to sign in, and as whom. */
export type SignIn = {
  /**
   * Where to connect. `https://HOST` of the host itself: links to other public hosts are followed there. Any other
   * address stands for every public host, with their names in the Host header: a local gateway, or one behind a proxy.
   */
  readonly gateway: URL;
  /** The public name to ask first. Default: the gateway's. */
  readonly host?: string;
  /** `DOMAIN\user`, or a UPN. */
  readonly account: string;
  readonly password: string;
  readonly userAgent?: string;
  /** The id of the probe's device. Without one no device is named. */
  readonly device?: string | undefined;
  /** Says to a gateway on this machine where the client is. At Cloudflare's edge it has no effect. */
  readonly cfConnectingIp?: string;
  /** Ends the wait: the outcome is `timeout`. */
  readonly signal: AbortSignal;
};

/** What the probe's requests call themselves. It has no version, so that a new one comes from the same place. */
const PROBE_USER_AGENT = "Postern-Probe";

/** Signs in once. Never throws for what a network or a gateway does. */
export async function signInOnce(how: SignIn): Promise<SignInOutcome> {
  const timings: Partial<Record<ProbeStep, number>> = {};
  const steps = probeSteps({
    host: how.host ?? how.gateway.host,
    account: how.account,
    ntHash: ntHash(how.password),
    userAgent: how.userAgent ?? PROBE_USER_AGENT,
    device: how.device,
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
    now: Date.now,
  });
  let requestId = "";
  for (let step = steps.next(); ; ) {
    if (step.done === true) {
      const { value } = step;
      if (value.ok) return { ...value, timings };
      return { ...value, timings, ...(requestId === "" ? {} : { requestId }) };
    }
    const { stage } = step.value;
    const start = performance.now();
    try {
      const answer = await asked(how, step.value);
      requestId = answer.header("x-request-id");
      step = steps.next(answer);
    } catch (fault) {
      return { ok: false, at: stage, ...networkFault(fault, how.signal), timings };
    } finally {
      timings[stage] = (timings[stage] ?? 0) + Math.round(performance.now() - start);
    }
  }
}

class TooLong extends Error {}

function networkFault(fault: unknown, signal: AbortSignal): { readonly reason: NetworkFault; readonly code?: string } {
  if (signal.aborted) return { reason: "timeout" };
  if (fault instanceof TooLong) return { reason: "too-long" };
  const code = fault instanceof Error && "code" in fault ? String(fault.code) : "";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return { reason: "no-such-name", code };
  if (/CERT|SELF_SIGNED|UNABLE_TO_|_TLS_|_SSL_|EPROTO/.test(code)) return { reason: "certificate", code };
  return { reason: "unreachable", ...(code === "" ? {} : { code }) };
}

/** Sends one request and reads the whole answer. Rejects with the fault of the network. */
function asked(how: SignIn, { host, method, path, headers, body }: ProbeRequest): Promise<ProbeAnswer> {
  const direct = how.gateway.protocol === "https:" && how.gateway.host === (how.host ?? how.gateway.host);
  const at = direct ? new URL(`https://${host}`) : how.gateway;
  const name = host.replace(/:\d+$/, "");
  const options = {
    ...{ hostname: at.hostname.replace(/^\[|\]$/g, ""), port: at.port, method, path, signal: how.signal },
    headers: {
      ...{ host, ...headers },
      ...(how.cfConnectingIp === undefined ? {} : { "cf-connecting-ip": how.cfConnectingIp }),
      ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
    },
    // A gateway by another address has the certificate of its public name.
    ...(at.protocol === "https:" && !/^[\d.]+$|:.*:/.test(name) ? { servername: name } : {}),
  };
  return new Promise((resolve, reject) => {
    const outgoing = (at.protocol === "https:" ? tlsRequest : plainRequest)(options, (answer) => {
      bodyOf(answer).then((text) => resolve(answerOf(answer, text)), reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const answerOf = ({ statusCode = 0, headers }: IncomingMessage, body: string): ProbeAnswer => ({
  ...{ status: statusCode, body },
  header: (name) => [headers[name] ?? ""].flat().join(", "),
});

async function bodyOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_PROBE_ANSWER_BYTES) throw new TooLong();
  }
  return Buffer.concat(chunks).toString("utf8");
}
