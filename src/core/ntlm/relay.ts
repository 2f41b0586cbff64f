// Finds a response that a client made for another service and that an attacker relays here (MS-NLMP 3.2.5.1.2). The
// client writes into its blob which service it meant (MsvAvTargetName) and over which TLS channel
// (MsvAvChannelBindings). The proof covers both. So the result here counts only if the proof is right.

import { parseNtlmV2Response } from "./authenticate.ts";
import { AV_CHANNEL_BINDINGS, AV_TARGET_NAME, DIGEST_BYTES } from "./constants.ts";
import { md5 } from "./digests.ts";
import type { AuthenticateMessage } from "./types.ts";
import { decodeUtf16 } from "./wire.ts";

/** Why a response was made for another service. */
export type RelayFault = "target-of-another-service" | "wrong-channel-binding";

/** The services and channels for which a response to this gateway may be made. */
export type Here = {
  /** The published host names, in lower case. */
  readonly hosts: ReadonlySet<string>;
  /** The MD5 of the channel bindings for each certificate at the edge. If empty, channel bindings are not checked. */
  readonly channelBindings: readonly Uint8Array[];
};

/**
 * Whether a response names the TLS channel for which it was made. False if it is not an NTLMv2 response, or if its
 * binding is all zero. Does not check the proof.
 */
export function hasChannelBinding(message: AuthenticateMessage): boolean {
  const response = parseNtlmV2Response(message.ntResponse);
  return response.ok && response.value.avPairs.some(({ id, value }) => id === AV_CHANNEL_BINDINGS && isBinding(value));
}

/**
 * Says why a response was made for another service. Undefined if nothing in its blob says so. Many clients name no
 * service, or give no channel binding (absent or all zero), and that is no fault. A response that is not NTLMv2 proves
 * nothing anyway.
 */
export function relayFault(message: AuthenticateMessage, here: Here): RelayFault | undefined {
  const response = parseNtlmV2Response(message.ntResponse);
  if (!response.ok) return undefined;
  const valuesOf = (id: number) => response.value.avPairs.filter((pair) => pair.id === id).map(({ value }) => value);
  if (!valuesOf(AV_TARGET_NAME).every((value) => isOurs(value, here.hosts))) return "target-of-another-service";
  const foreign = valuesOf(AV_CHANNEL_BINDINGS).some(
    (value) => isBinding(value) && !here.channelBindings.some((ours) => Buffer.from(ours).equals(value)),
  );
  return here.channelBindings.length > 0 && foreign ? "wrong-channel-binding" : undefined;
}

/** Whether this is a binding. A client that knows no channel sends zeros (MS-NLMP 2.2.2.1). */
const isBinding = (value: Uint8Array): boolean => value.some((byte) => byte !== 0);

/** `HTTP/host` in any case, perhaps with a port or an instance name. A realm is refused: no known client adds one. */
const HTTP_SERVICE = /^http\/([a-z0-9_.-]+?)\.?(?::\d{1,5})?(?:\/[^/@]*)?$/i;

function isOurs(targetName: Uint8Array, hosts: ReadonlySet<string>): boolean {
  if (targetName.length === 0) return true;
  const text = decodeUtf16(targetName);
  const host = text.ok ? HTTP_SERVICE.exec(text.value)?.[1] : undefined;
  return host !== undefined && hosts.has(host.toLowerCase());
}

/** The four empty address fields of `gss_channel_bindings_struct` (RFC 2744, 3.11), as MS-NLMP 2.2.2.1 hashes them. */
const NO_ADDRESSES = new Uint8Array(16);

/**
 * The value of MsvAvChannelBindings from a client that knows the certificate of its TLS channel.
 * @param certificateHash the certificate's hash by RFC 5929, 4.1: SHA-256, or the hash in its signature if that is
 * stronger
 */
export function channelBindingOf(certificateHash: Uint8Array): Uint8Array {
  const data = Buffer.concat([Buffer.from("tls-server-end-point:"), certificateHash]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return md5(NO_ADDRESSES, length, data).subarray(0, DIGEST_BYTES);
}
