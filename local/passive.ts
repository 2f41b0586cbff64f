// Passive sign-in for the local gateway: Postern as token service on a host of its own, with a key made at the start, and
// the simulated Front-End that trusts its metadata.

import { CertificateAuthority } from "../simulator/certificate-authority.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { demoUsers } from "../simulator/users.ts";
import { METADATA_PATH } from "../src/core/sts/metadata.ts";

/** The host of the local token service. Browsers on this machine resolve it by themselves. */
export const stsHost = "sts.localhost";

/** An entry of STS_KEYS: a new private key and its self-signed certificate. */
export function newTokenKey(name = "Postern token signing", now = Date.now()): string {
  const { signingKey, certificate } = new CertificateAuthority(name, now);
  const pkcs8 = signingKey.export({ format: "der", type: "pkcs8" });
  return `${pkcs8.toString("base64")}.${Buffer.from(certificate).toString("base64")}`;
}

/** How the relying party behind a web host calls itself, unless its settings say otherwise. */
const realmOf = (webHost: string): string => `https://${webHost}/passiveauth`;

/** The variables and the secret that make Postern the token service of the pools behind these web hosts. */
export function passiveVariables(webHosts: readonly string[]): Readonly<Record<string, string>> {
  const domains = demoUsers.map(({ sid }) => sid.slice(0, sid.lastIndexOf("-")));
  return {
    STS_HOST: stsHost,
    STS_KEYS: newTokenKey(),
    STS_REALMS: webHosts.map((host) => `${host}=${realmOf(host)}`).join(", "),
    STS_DOMAIN_SIDS: [...new Set(domains)].join(", "),
  };
}

/** Tells a Front-End where the token service's metadata is. The Front-End reads it when it first needs it. */
export function trustTokenService(simulator: Simulator, gateway: string): void {
  simulator.relyingParty?.configure({ metadataUri: `${gateway}${METADATA_PATH}`, metadataHost: stsHost });
}
