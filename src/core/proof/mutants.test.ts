// Mutants of good messages. When a mutant is accepted, it must say what its signer signed, for the key that signed it.
// No text at all may make the verifier throw. A failure names the mutant's number, which is enough to repeat it.

import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { alice, HOST, judge, mallory, message, NOW } from "../../../test/kit/proof.ts";
import { LONG_RUNS, runs } from "../../../test/kit/runs.ts";

const MUTANTS = LONG_RUNS ? 100_000 : 3_000;
const BYTE_MUTANTS = runs(10_000);
const MINUTE = 60_000;
const TO = `https://${HOST}/WebTicket/WebTicketService.svc/Cert`;

const GOOD: readonly string[] = [
  message().text,
  message({ hash: "sha256", to: TO, sipUri: null }).text,
  message({ now: NOW - MINUTE, signs: ["timestamp", "body", "token"] }).text,
  message({ now: NOW - 2 * MINUTE, key: mallory.key, certificate: mallory.certificate }).text,
];

/** What an accepted message says of itself, without the certificate's name, which is not signed. */
const saidIn = (text: string) => {
  const judged = judge(text);
  return judged.ok ? { ...judged.value, certificateName: undefined } : undefined;
};
const said = new Map(GOOD.map((text) => [saidIn(text)?.replayId, saidIn(text)]));
const KNOWN = [alice, mallory].map(({ key }) => createHash("sha256").update(key.spki).digest("hex"));

/** Pieces of text that mean something to an XML parser or to the verifier. */
const PIECES = [
  ...[
    "<",
    ">",
    "/",
    "&",
    '"',
    "'",
    "=",
    ":",
    "#",
    "\r\n",
    "\t",
    " ",
    "]]>",
    "&#13;",
    "&#x9;",
    "&amp;",
    "\u00e9",
    "\ud83d\ude00",
  ],
  ...[
    'xmlns=""',
    'xmlns:u="urn:x"',
    ' xmlns:s="urn:y"',
    ' Id="timestamp"',
    ' u:Id="body"',
    "<!---->",
    "<?x?>",
    "<![CDATA[]]>",
  ],
  ...[
    "<s:Body>",
    "</s:Body>",
    "<o:Security>",
    "<u:Timestamp>",
    "</u:Timestamp>",
    "<Signature/>",
    "#body",
    "#to",
    "sha256",
  ],
];

/** mulberry32, a small random generator with a seed. It is good enough to choose places. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Where the tags of a text begin. A message that is cut there stays well-formed more often. */
const tagsOf = (text: string): readonly number[] => [...text.matchAll(/</g)].map(({ index }) => index);

function mutant(number: number): string {
  const next = random(number);
  let text = GOOD[next(GOOD.length)] ?? "";
  for (let edits = 1 + next(3); edits > 0; edits--) {
    const tags = tagsOf(text);
    const place = next(2) === 0 ? next(text.length + 1) : (tags[next(tags.length)] ?? 0);
    const other = GOOD[next(GOOD.length)] ?? "";
    const [from, to] = [tagsOf(other)[next(tagsOf(other).length)] ?? 0, tags[next(tags.length)] ?? 0];
    const spliced = [
      () => text.slice(0, place) + text.slice(place + 1 + next(3)),
      () => text.slice(0, place) + (PIECES[next(PIECES.length)] ?? "") + text.slice(place + next(2)),
      () => text.slice(0, place) + String.fromCharCode(text.charCodeAt(place) ^ (1 << next(7))) + text.slice(place + 1),
      () => text.slice(0, place) + other.slice(from, from + next(400)) + text.slice(place),
      () => text.slice(0, place) + text.slice(Math.min(place, to), Math.max(place, to)) + text.slice(place),
      () => text.slice(0, Math.min(place, to)) + text.slice(Math.max(place, to)),
      () => text.slice(0, place) + " \n".repeat(next(3)) + text.slice(place),
    ];
    text = (spliced[next(spliced.length)] ?? String)();
  }
  return text;
}

it(`accepts of ${MUTANTS} mutants only those that say what was signed`, () => {
  let accepted = 0;
  for (let number = 0; number < MUTANTS; number++) {
    const now = saidIn(mutant(number));
    if (now === undefined) continue;
    accepted++;
    const before = said.get(now.replayId);
    // A key in another encoding has another hash, which no guard knows.
    const keyHash = KNOWN.includes(now.keyHash) ? before?.keyHash : now.keyHash;
    expect(now, `mutant ${number}`).toEqual({ ...before, keyHash });
  }
  expect(accepted).toBeGreaterThan(MUTANTS / 1000);
}, 900_000);

it(`takes any of ${BYTE_MUTANTS} sequences of bytes without an exception`, () => {
  for (let number = 0; number < BYTE_MUTANTS; number++) {
    const next = random(number);
    const bytes = new TextEncoder().encode(GOOD[next(GOOD.length)]);
    for (let edits = 1 + next(20); edits > 0; edits--) bytes[next(bytes.length)] = next(256);
    const judged = judge(bytes.subarray(0, next(bytes.length * 2)));
    if (judged.ok) expect(KNOWN).toContain(judged.value.keyHash);
  }
}, 900_000);
