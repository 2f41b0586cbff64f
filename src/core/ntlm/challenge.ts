// The challenge message (Type 2, MS-NLMP 2.2.1.2). The same arguments always give the same bytes. A MIC covers the
// challenge, and Postern keeps no state, so it builds the challenge a second time to check the MIC. Some clients abort
// when a flag is missing, others when there is one too many. We read the source of the known clients, and they all
// accept these flags.

import { ok, type Result } from "../result.ts";
import { encodeAvPairs } from "./av-pairs.ts";
import {
  AV_DNS_COMPUTER_NAME,
  AV_DNS_DOMAIN_NAME,
  AV_DNS_TREE_NAME,
  AV_NB_COMPUTER_NAME,
  AV_NB_DOMAIN_NAME,
  AV_TIMESTAMP,
  CHALLENGE_BYTES,
  MESSAGE_CHALLENGE,
  NEGOTIATE_56,
  NEGOTIATE_128,
  NEGOTIATE_ALWAYS_SIGN,
  NEGOTIATE_EXTENDED_SESSIONSECURITY,
  NEGOTIATE_KEY_EXCH,
  NEGOTIATE_NTLM,
  NEGOTIATE_SEAL,
  NEGOTIATE_SIGN,
  NEGOTIATE_TARGET_INFO,
  NEGOTIATE_UNICODE,
  NEGOTIATE_VERSION,
  REQUEST_TARGET,
  SIGNATURE,
  TARGET_TYPE_DOMAIN,
} from "./constants.ts";
import type { AvPair, ChallengeMessage, ParseFault, TargetNames } from "./types.ts";
import {
  checkHeader,
  encodeUtf16,
  fileTimeOf,
  readField,
  readName,
  uint32At,
  VERSION_BYTES,
  viewOf,
  writeField,
} from "./wire.ts";

const TARGET_NAME_FIELD = 12;
const FLAGS_OFFSET = 20;
const SERVER_CHALLENGE_OFFSET = 24;
const TARGET_INFO_FIELD = 40;
const VERSION_OFFSET = 48;
/** Bytes up to the end of the target info field. The shortest challenge that can carry AV pairs has these. */
const SHORTEST_BYTES = 48;
/**
 * Bytes of the fixed part that Postern writes. It always has room for a version: curl wants the payload after byte 48.
 */
const FIXED_BYTES = 56;

/**
 * Flags in every challenge, asked for or not. SIPE aborts without the first five. curl uses NTLMv1 without the fourth.
 */
const ALWAYS =
  NEGOTIATE_UNICODE |
  NEGOTIATE_NTLM |
  NEGOTIATE_ALWAYS_SIGN |
  NEGOTIATE_EXTENDED_SESSIONSECURITY |
  NEGOTIATE_TARGET_INFO |
  TARGET_TYPE_DOMAIN |
  REQUEST_TARGET;

/**
 * Flags that a challenge has only if the client asked for them. .NET then aborts without them. go-ntlmssp aborts if it
 * did not ask for key exchange and gets it.
 */
const IF_ASKED =
  NEGOTIATE_SIGN | NEGOTIATE_SEAL | NEGOTIATE_VERSION | NEGOTIATE_128 | NEGOTIATE_KEY_EXCH | NEGOTIATE_56;

/**
 * 10.0, build 0, NTLM revision 15 (MS-NLMP 2.2.2.10). If negotiated, a version must be present, but any version will
 * do.
 */
const VERSION = Uint8Array.of(10, 0, 0, 0, 0, 0, 0, 15);

/** The parts of a challenge. `time`: ms since 1970. `dnsTreeName`: the sealed challenge. */
export type ChallengeParts = {
  readonly clientFlags: number;
  readonly serverChallenge: Uint8Array;
  readonly names: TargetNames;
  readonly dnsTreeName: string;
  readonly time: number;
};

/** Builds a challenge. It shows the configured names and nothing else of this machine (S-12). */
export function buildChallenge(parts: ChallengeParts): Uint8Array {
  const flags = (ALWAYS | (parts.clientFlags & IF_ASKED)) >>> 0;
  const targetName = encodeUtf16(parts.names.nbDomain);
  const targetInfo = encodeAvPairs(targetPairs(parts));
  const bytes = new Uint8Array(FIXED_BYTES + targetName.length + targetInfo.length);
  bytes.set(SIGNATURE);
  const view = viewOf(bytes);
  view.setUint32(SIGNATURE.length, MESSAGE_CHALLENGE, true);
  writeField(bytes, TARGET_NAME_FIELD, targetName.length, FIXED_BYTES);
  view.setUint32(FLAGS_OFFSET, flags, true);
  bytes.set(parts.serverChallenge.subarray(0, CHALLENGE_BYTES), SERVER_CHALLENGE_OFFSET);
  writeField(bytes, TARGET_INFO_FIELD, targetInfo.length, FIXED_BYTES + targetName.length);
  if (flags & NEGOTIATE_VERSION) bytes.set(VERSION, VERSION_OFFSET);
  bytes.set(targetName, FIXED_BYTES);
  bytes.set(targetInfo, FIXED_BYTES + targetName.length);
  return bytes;
}

/** The AV pairs, sorted by id. Apple and gss-ntlmssp return them in this order anyway. */
function targetPairs({ names, dnsTreeName, time }: ChallengeParts): AvPair[] {
  const texts: [number, string][] = [
    [AV_NB_COMPUTER_NAME, names.nbComputer],
    [AV_NB_DOMAIN_NAME, names.nbDomain],
    [AV_DNS_COMPUTER_NAME, names.dnsComputer],
    [AV_DNS_DOMAIN_NAME, names.dnsDomain],
    [AV_DNS_TREE_NAME, dnsTreeName],
  ];
  const pairs = texts.filter(([, text]) => text !== "").map(([id, text]) => ({ id, value: encodeUtf16(text) }));
  const timestamp = new Uint8Array(8);
  viewOf(timestamp).setBigUint64(0, fileTimeOf(time), true);
  return [...pairs, { id: AV_TIMESTAMP, value: timestamp }];
}

/** Reads a challenge, as a client does. */
export function parseChallenge(bytes: Uint8Array): Result<ChallengeMessage, ParseFault> {
  const header = checkHeader(bytes, MESSAGE_CHALLENGE, SHORTEST_BYTES);
  if (!header.ok) return header;
  const flags = uint32At(bytes, FLAGS_OFFSET);
  const nameField = readField(bytes, TARGET_NAME_FIELD, SHORTEST_BYTES);
  if (!nameField.ok) return nameField;
  const targetName = readName(nameField.value, (flags & NEGOTIATE_UNICODE) !== 0);
  if (!targetName.ok) return targetName;
  const targetInfo = readField(bytes, TARGET_INFO_FIELD, SHORTEST_BYTES);
  if (!targetInfo.ok) return targetInfo;
  const hasVersion = flags & NEGOTIATE_VERSION && bytes.length >= VERSION_OFFSET + VERSION_BYTES;
  return ok({
    flags,
    serverChallenge: bytes.subarray(SERVER_CHALLENGE_OFFSET, SERVER_CHALLENGE_OFFSET + CHALLENGE_BYTES),
    targetName: targetName.value,
    targetInfo: targetInfo.value,
    ...(hasVersion ? { version: bytes.subarray(VERSION_OFFSET, VERSION_OFFSET + VERSION_BYTES) } : {}),
  });
}
