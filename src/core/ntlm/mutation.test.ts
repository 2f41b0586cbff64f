// S-9: a million mutated messages go through everything that handles a stranger's bytes before a password is checked,
// and through the check as well. Each gives a value of the declared kind, and none takes 2 ms. No edit of a message
// with a MIC is accepted (S-6). A failure names its header, which is enough to repeat it. A short run mutates fifty
// thousand messages; VITE_MUTATIONS=10000000 gives the longest run.

import { expect, it } from "vitest";
import { ALICE_HASHES, answer, HOST, handshake, KEYRING, NAMES, NOW } from "../../../test/kit/ntlm.ts";
import { PROFILES } from "../../../test/kit/ntlm-client.ts";
import { LONG_RUNS } from "../../../test/kit/runs.ts";
import { DER_APPLICATION_0, DER_OCTET_STRING, DER_OID, DER_SEQUENCE, derContext, writeDer } from "./der.ts";
import { parseAuthorization } from "./http.ts";
import { issueChallenge } from "./sealed-challenge.ts";
import { NTLM_MECH_LIST, SPNEGO_OID } from "./spnego.ts";
import { concat } from "./wire.ts";

/**
 * Vitest hands the variables that begin with VITE_ to workerd; through `import.meta.env` they would come from a cache.
 */
const MUTATIONS = Number(process.env.VITE_MUTATIONS ?? (LONG_RUNS ? 1_000_000 : 50_000));
const LONGEST_MS = 2;
/**
 * A message that seemed slow is run again this often. If the machine had paused, it is fast now. A slow parser is slow
 * again.
 */
const RETRIES = 20;

const FAULTS = new Set([
  ...[
    "too-short",
    "too-long",
    "bad-signature",
    "wrong-type",
    "out-of-bounds",
    "bad-string",
    "bad-av-pairs",
    "bad-base64",
  ],
  ...["bad-der", "bad-scheme", "no-ntlm", "negotiate-too-long", "not-ntlm-v2", "no-token", "two-tokens", "broken"],
  ...["unknown-key", "expired", "future", "anonymous", "ntlm-v1", "lm-only", "bad-response", "wrong-proof"],
  ...["bad-session-key", "mic-missing", "mic-wrong"],
]);

/** mulberry32, a small random generator with a seed. It is good enough to choose bytes. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Seed = { readonly scheme: "NTLM" | "Negotiate"; readonly bytes: Uint8Array; readonly mic: boolean };

const spnegoInit = (type1: Uint8Array): Uint8Array =>
  writeDer(
    DER_APPLICATION_0,
    writeDer(DER_OID, SPNEGO_OID),
    writeDer(
      derContext(0),
      writeDer(
        DER_SEQUENCE,
        writeDer(derContext(0), NTLM_MECH_LIST),
        writeDer(derContext(2), writeDer(DER_OCTET_STRING, type1)),
      ),
    ),
  );
const spnegoResp = (type3: Uint8Array): Uint8Array =>
  writeDer(derContext(1), writeDer(DER_SEQUENCE, writeDer(derContext(2), writeDer(DER_OCTET_STRING, type3))));

const SEEDS: readonly Seed[] = Object.values(PROFILES).flatMap((profile) => {
  const { type1, type3 } = handshake(profile);
  const mic = profile.fixedBytes === 88 && profile.adds.length > 0;
  return [
    { scheme: "NTLM", bytes: type1, mic },
    { scheme: "NTLM", bytes: type3, mic },
    { scheme: "NTLM", bytes: type3, mic },
    { scheme: "Negotiate", bytes: spnegoInit(type1), mic },
    { scheme: "Negotiate", bytes: spnegoResp(type3), mic },
  ] satisfies Seed[];
});

const INTERESTING = [0, 1, 2, 7, 8, 16, 24, 63, 64, 88, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff];
/** The places of numbers that a parser trusts: lengths and offsets of fields, types and flags. */
const NUMBERS = [8, 12, 14, 16, 20, 22, 24, 28, 30, 32, 36, 38, 40, 44, 46, 48, 52, 54, 56, 60, 62];

/** One edit of the kind that finds parser bugs, in place or into a new array. */
function mutate(bytes: Uint8Array, draw: (below: number) => number): Uint8Array {
  const at = draw(bytes.length || 1);
  const value = INTERESTING[draw(INTERESTING.length)] ?? 0;
  switch (draw(8)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << draw(8));
      return bytes;
    case 1:
      bytes[at] = draw(256);
      return bytes;
    case 2: {
      const number = NUMBERS[draw(NUMBERS.length)] ?? 12;
      bytes.set(
        [value & 0xff, value >>> 8].slice(0, Math.max(0, bytes.length - number)),
        Math.min(number, bytes.length),
      );
      return bytes;
    }
    case 3: {
      const number = NUMBERS[draw(NUMBERS.length)] ?? 12;
      const near = Math.max(0, bytes.length - 4 + draw(9)) & 0xffff;
      bytes.set([near & 0xff, near >>> 8].slice(0, Math.max(0, bytes.length - number)), Math.min(number, bytes.length));
      return bytes;
    }
    case 4:
      return bytes.slice(0, at);
    case 5:
      return concat(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + draw(8))));
    case 6:
      return concat(bytes.subarray(0, at), bytes.subarray(draw(bytes.length || 1)));
    default:
      return concat(bytes.subarray(0, at), new Uint8Array(1 + draw(8)).fill(value), bytes.subarray(at));
  }
}

/** Everything that a request with this header goes through. */
function receive(header: string): { readonly reason: string; readonly message?: Uint8Array } {
  const read = parseAuthorization(header);
  if (!read.ok) return read;
  const { kind, message } = read.value;
  const result =
    kind === 1
      ? issueChallenge({ keyring: KEYRING, host: HOST, now: NOW, names: NAMES, negotiate: message })
      : answer(message, ALICE_HASHES);
  if (!result.ok) return result;
  return kind === 1 ? { reason: "challenged" } : { reason: "accepted", message };
}

/**
 * The milliseconds of the fastest of several runs. This is the time that the code needs, without the machine's other
 * work.
 */
function fastest(header: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RETRIES && best >= LONGEST_MS; run++) {
    const started = performance.now();
    receive(header);
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

it(`S-9: ${MUTATIONS} mutated messages`, { timeout: 3_600_000 }, () => {
  const draw = random(Date.now());
  const outcomes = new Map<string, number>();
  for (let index = 0; index < MUTATIONS; index++) {
    const seed = SEEDS[draw(SEEDS.length)];
    if (seed === undefined) throw new Error("no seed");
    let bytes = new Uint8Array(seed.bytes);
    for (let edits = 1 + draw(3); edits > 0; edits--) bytes = new Uint8Array(mutate(bytes, draw));
    const header = `${seed.scheme} ${Buffer.from(bytes).toString("base64")}`;
    const started = performance.now();
    const { reason, message } = receive(header);
    if (performance.now() - started >= LONGEST_MS) expect(fastest(header), header).toBeLessThan(LONGEST_MS);
    outcomes.set(reason, (outcomes.get(reason) ?? 0) + 1);
    if (message !== undefined && seed.mic) {
      const original = parseAuthorization(`${seed.scheme} ${Buffer.from(seed.bytes).toString("base64")}`);
      expect(original.ok && original.value.message, `an edited message was accepted: ${header}`).toEqual(message);
    }
  }
  const strangers = [...outcomes.keys()].filter((reason) => !FAULTS.has(reason));
  expect(strangers.sort()).toEqual(["accepted", "challenged"]);
  // Without mutants at every depth, the run would prove little.
  for (const reason of [
    "out-of-bounds",
    "bad-string",
    "bad-der",
    "broken",
    "not-ntlm-v2",
    "wrong-proof",
    "mic-wrong",
  ]) {
    expect(outcomes.get(reason) ?? 0, reason).toBeGreaterThan(MUTATIONS / 100_000);
  }
});
