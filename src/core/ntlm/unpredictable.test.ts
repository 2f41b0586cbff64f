// S-2: a million challenges, drawn as a client gets them (fifty thousand in a short run). A server challenge is
// computed from its token. So if a token came twice, its challenge would come twice, and the test would notice.

import { expect, it } from "vitest";
import { HOST, KEYRING, must, NAMES, NOW } from "../../../test/kit/ntlm.ts";
import { clientNegotiate, PROFILES } from "../../../test/kit/ntlm-client.ts";
import { LONG_RUNS } from "../../../test/kit/runs.ts";
import { issueChallenge } from "./sealed-challenge.ts";
import { viewOf } from "./wire.ts";

const DRAWN = LONG_RUNS ? 1_000_000 : 50_000;
const SERVER_CHALLENGE_OFFSET = 24;
/** Six standard deviations of a fair coin that is thrown so often. */
const TOLERANCE = 6 * 0.5 * Math.sqrt(DRAWN);

it(`S-2: ${DRAWN} challenges of one instant are all different, and each of their bits is a fair coin`, {
  timeout: 180_000,
}, () => {
  const request = { keyring: KEYRING, host: HOST, now: NOW, names: NAMES, negotiate: clientNegotiate(PROFILES.curl) };
  const drawn = new BigUint64Array(DRAWN);
  const ones = new Uint32Array(64);
  for (let index = 0; index < DRAWN; index++) {
    const view = viewOf(must(issueChallenge(request)));
    drawn[index] = view.getBigUint64(SERVER_CHALLENGE_OFFSET);
    const halves = [view.getUint32(SERVER_CHALLENGE_OFFSET), view.getUint32(SERVER_CHALLENGE_OFFSET + 4)];
    for (const [half, word] of halves.entries()) {
      for (let bit = 0; bit < 32; bit++) {
        const place = 32 * half + bit;
        ones[place] = (ones[place] ?? 0) + ((word >>> bit) & 1);
      }
    }
  }
  drawn.sort();
  let repeated = 0;
  for (let index = 1; index < DRAWN; index++) if (drawn[index] === drawn[index - 1]) repeated += 1;
  expect(repeated).toBe(0);
  for (const count of ones) expect(Math.abs(count - DRAWN / 2)).toBeLessThan(TOLERANCE);
});
