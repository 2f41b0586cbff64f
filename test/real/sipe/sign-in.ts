// One sign-in of SIPE, from an empty HOME to a client certificate. It returns the dialogue that SIPE had.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { makeCertificate, startFronts } from "../tls-front.ts";
import { WEB_HOST } from "../token-requests.ts";
import type { Exchange } from "../transcript.ts";
import type { Upstream } from "../upstreams.ts";
import { compileShim, startFinch } from "./finch.ts";
import { startSipStub } from "./sip-stub.ts";

const STS_URI = `https://${WEB_HOST}/CertProv/CertProvisioningService.svc`;
/** A sign-in takes about a second. The rest of the time is for a busy machine. */
const SIGN_IN_LIMIT_MS = 90_000;

/** The machine that SIPE runs on, unless a test is about another one. */
const HOST_NAME = "desk-1";

/** Where to sign in, and as which user. */
export type SipePlace = Pick<Upstream, "baseUrl" | "hosts" | "sipUri" | "domain" | "user">;

/** How a run differs from a plain one. */
export interface SipeOptions {
  /** The name of the machine, from which SIPE makes its DeviceId. */
  readonly hostName?: string;
  /** Says when to stop watching. */
  readonly until?: (exchanges: readonly Exchange[], log: string) => boolean;
  /** How long to watch after that, in ms, to see what SIPE does next. */
  readonly linger?: number;
  /** What happens before the SIP server answers, when SIPE has its first ticket and not its second. */
  readonly meanwhile?: () => Promise<unknown>;
}

/** How much of a sign-in SIPE has done. */
export interface SipeRun {
  readonly exchanges: readonly Exchange[];
  /** SIPE opened the TLS-DSK handshake on SIP, which needs the certificate from CertProv. */
  readonly certified: boolean;
  readonly milliseconds: number;
  /** How many requests it sent after that point. */
  readonly lingering: number;
  /** The client's debug output, without the password; for the message of a failing test. */
  readonly log: string;
}

/** Signs in with `password`. It ends when SIPE has its certificate, when `until` says so, or after 90 s. */
export async function signInWithSipe(
  upstream: SipePlace,
  password: string,
  { hostName = HOST_NAME, until = () => false, linger = 0, meanwhile = async () => {} }: SipeOptions = {},
): Promise<SipeRun> {
  const folder = mkdtempSync(join(tmpdir(), "postern-sipe-"));
  const certificate = makeCertificate(folder, upstream.hosts);
  const sipDomain = upstream.sipUri.replace(/^sip:.*@/, "");
  const fronts = await startFronts(upstream.baseUrl, certificate);
  const sip = await startSipStub({ host: `sip.${sipDomain}`, stsUri: STS_URI, certificate, meanwhile });
  const started = Date.now();
  const finch = startFinch({
    folder,
    shim: compileShim(folder),
    sipDomain,
    hostName,
    sipAddress: upstream.sipUri.replace(/^sip:/, ""),
    login: `${upstream.domain}\\${upstream.user}`,
    password,
    hosts: [...upstream.hosts, `sip.${sipDomain}`],
    certificate: certificate.cert,
    ports: { http: fronts.httpPort, https: fronts.httpsPort, sip: sip.port },
  });
  try {
    while (Date.now() - started < SIGN_IN_LIMIT_MS) {
      if (sip.hasCertifiedRegister() || until(fronts.exchanges(), finch.log())) break;
      await pause(50);
    }
    const milliseconds = Date.now() - started;
    const asked = fronts.exchanges().length;
    await pause(linger);
    return {
      exchanges: fronts.exchanges(),
      certified: sip.hasCertifiedRegister(),
      milliseconds,
      lingering: fronts.exchanges().length - asked,
      log: finch.log(),
    };
  } finally {
    finch.stop();
    await Promise.all([sip.close(), fronts.close()]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
