// MD4 (RFC 1320), which NTLM makes a password's hash with. Node has it only with `--openssl-legacy-provider`, and the
// command must run without. Written out here because the kept libraries either ask Node for it or are whole toolboxes.
// The tests compare it with the vectors of RFC 1320 and with OpenSSL's.

import { encodeUtf16 } from "../../src/core/ntlm/wire.ts";

const BLOCK_BYTES = 64;
/** The padding has at least one byte, and eight bytes for the length. */
const LEAST_PADDING_BYTES = 9;

type Round = {
  readonly mix: (x: number, y: number, z: number) => number;
  readonly constant: number;
  readonly order: readonly number[];
  readonly shifts: readonly number[];
};

/** RFC 1320 3.4: the three rounds. */
const ROUNDS: readonly Round[] = [
  {
    mix: (x, y, z) => (x & y) | (~x & z),
    constant: 0,
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    shifts: [3, 7, 11, 19],
  },
  {
    mix: (x, y, z) => (x & y) | (x & z) | (y & z),
    constant: 0x5a82_7999,
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    shifts: [3, 5, 9, 13],
  },
  {
    mix: (x, y, z) => x ^ y ^ z,
    constant: 0x6ed9_eba1,
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    shifts: [3, 9, 11, 15],
  },
];

/** The NT hash of a password: MD4 of its UTF-16LE. Somebody who has it can sign in as with the password. */
export const ntHash = (password: string): Uint8Array => md4(encodeUtf16(password));

/** MD4 of some bytes. */
export function md4(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((message.length + LEAST_PADDING_BYTES) / BLOCK_BYTES) * BLOCK_BYTES);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n, true);
  let state: readonly [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < padded.length; block += BLOCK_BYTES) {
    let [a, b, c, d] = state;
    for (const { mix, constant, order, shifts } of ROUNDS) {
      for (const [step, word] of order.entries()) {
        const sum = (a + mix(b, c, d) + view.getUint32(block + 4 * word, true) + constant) | 0;
        const shift = shifts[step % 4] ?? 0;
        [a, b, c, d] = [d, (sum << shift) | (sum >>> (32 - shift)), b, c];
      }
    }
    state = [state[0] + a, state[1] + b, state[2] + c, state[3] + d].map((word) => word >>> 0) as [
      number,
      number,
      number,
      number,
    ];
  }
  const digest = new Uint8Array(16);
  for (const [index, word] of state.entries()) new DataView(digest.buffer).setUint32(4 * index, word, true);
  return digest;
}
