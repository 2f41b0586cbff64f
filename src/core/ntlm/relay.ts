// Whether a response was made for this gateway, or for another service and carried here (MS-NLMP 3.2.5.1.2). The client writes into
// its blob which service it meant (MsvAvTargetName) and over which TLS channel (MsvAvChannelBindings); the proof covers both, so
// what is found here says something only of a response whose proof is right.

import { parseNtlmV2Response } from "./authenticate.ts";
import { AV_CHANNEL_BINDINGS, AV_TARGET_NAME, DIGEST_BYTES } from "./constants.ts";
import { md5 } from "./digests.ts";
import type { AuthenticateMessage } from "./types.ts";
import { decodeUtf16 } from "./wire.ts";

/** Why a response belongs elsewhere. */
export type RelayFault = "target-of-another-service" | "wrong-channel-binding";

/** For what a response may have been made. */
export type Here = {
  /** The published names, lower case. */
  readonly hosts: ReadonlySet<string>;
  /** MD5 of the channel bindings of each certificate at the edge; empty: they are not checked. */
  readonly channelBindings: readonly Uint8Array[];
};

/**
 * Whether a response names the TLS channel it was made for. False when it is not an NTLMv2 response, or when its
 * binding is all zero. Does not check the proof.
 */
export function hasChannelBinding(message: AuthenticateMessage): boolean {
  const response = parseNtlmV2Response(message.ntResponse);
  return response.ok && response.value.avPairs.some(({ id, value }) => id === AV_CHANNEL_BINDINGS && isBinding(value));
}

/**
 * Undefined when nothing in the blob says that the response was made for somebody else. A client that names no service,
 * or gives no channel binding (absent, or all zero), says nothing: many do not. A response that is not NTLMv2 proves
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

/** All zero is how a client says that it knows no channel (MS-NLMP 2.2.2.1). */
const isBinding = (value: Uint8Array): boolean => value.some((byte) => byte !== 0);

/** `HTTP/host`, with a port or an instance name, in any case. No client is known to add a realm, and one could name another place. */
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
 * What a client that knows the certificate at the other end of its TLS channel puts into MsvAvChannelBindings.
 * @param certificateHash hash of the certificate as RFC 5929, 4.1 chooses it: SHA-256, or what signed it if that is stronger
 */
export function channelBindingOf(certificateHash: Uint8Array): Uint8Array {
  const data = Buffer.concat([Buffer.from("tls-server-end-point:"), certificateHash]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return md5(NO_ADDRESSES, length, data).subarray(0, DIGEST_BYTES);
}
