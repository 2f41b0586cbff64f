// HMAC-MD5 (RFC 1321, RFC 2104). It is written out here because one sign-in computes it dozens of times: twice for
// every stored hash and every identity that the client may have hashed. The message is always the same, so it is
// prepared once. Then each key costs 1 to 2 us. node:crypto takes 5 to 9 us, nearly all of it to cross the runtime's
// border. The tests compare the results with those of node:crypto for random keys and messages.

import { concat } from "./wire.ts";

const BLOCK_BYTES = 64;
const BLOCK_WORDS = 16;
const DIGEST_WORDS = 4;
/** The padding has at least one byte, and eight bytes for the length. */
const LEAST_PADDING_BYTES = 9;
const INNER_PAD = 0x3636_3636;
const OUTER_PAD = 0x5c5c_5c5c;

/** RFC 1321 3.3. */
const INITIAL_STATE = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
/** RFC 1321 3.4: the integer part of 4294967296 * abs(sin(i)). */
const SINES = Int32Array.from({ length: 64 }, (_, index) => Math.floor(2 ** 32 * Math.abs(Math.sin(index + 1))) | 0);

/**
 * A message as the hash reads it: padded little-endian words. The length in the padding includes the block of the key.
 */
export type PreparedMessage = { readonly words: Int32Array };

/** Joins several parts and prepares them to be hashed with any number of keys. */
export function prepareMessage(...parts: readonly Uint8Array[]): PreparedMessage {
  const message = concat(...parts);
  const blocks = Math.ceil((message.length + LEAST_PADDING_BYTES) / BLOCK_BYTES);
  const padded = new Uint8Array(blocks * BLOCK_BYTES);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, (BLOCK_BYTES + message.length) * 8, true);
  return { words: Int32Array.from({ length: blocks * BLOCK_WORDS }, (_, index) => view.getInt32(4 * index, true)) };
}

/**
 * HMAC-MD5 of a prepared message. A key longer than a block would have to be hashed first, but NTLM's have 16 bytes.
 */
export function hmacMd5Prepared(key: Uint8Array, { words }: PreparedMessage): Uint8Array {
  const block = keyBlock(key, INNER_PAD);
  const inner = Int32Array.from(INITIAL_STATE);
  compress(inner, block, 0);
  for (let from = 0; from < words.length; from += BLOCK_WORDS) compress(inner, words, from);
  const outer = Int32Array.from(INITIAL_STATE);
  compress(outer, keyBlock(key, OUTER_PAD), 0);
  block.fill(0);
  block.set(inner);
  block[DIGEST_WORDS] = 0x80;
  block[BLOCK_WORDS - 2] = (BLOCK_BYTES + 4 * DIGEST_WORDS) * 8;
  compress(outer, block, 0);
  const digest = new Uint8Array(4 * DIGEST_WORDS);
  const view = new DataView(digest.buffer);
  for (const [index, word] of outer.entries()) view.setInt32(4 * index, word, true);
  return digest;
}

/** HMAC-MD5 of several parts, joined. */
export const hmacMd5 = (key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array =>
  hmacMd5Prepared(key, prepareMessage(...parts));

function keyBlock(key: Uint8Array, pad: number): Int32Array {
  const block = new Int32Array(BLOCK_WORDS).fill(pad);
  for (let index = 0; index < key.length; index++) {
    const word = index >> 2;
    block[word] = (block[word] ?? 0) ^ ((key[index] ?? 0) << (8 * (index & 3)));
  }
  return block;
}

/** One step: the operation common to the four rounds of RFC 1321 3.4. */
const step = (mixed: number, a: number, b: number, word: number, sine: number, shift: number): number => {
  const sum = (a + mixed + word + sine) | 0;
  return (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
};

/**
 * Four rounds of sixteen steps over the block at `from`. Each turn of a loop makes four steps, so no variables are
 * swapped.
 */
function compress(state: Int32Array, words: Int32Array, from: number): void {
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  // Every index is in range, so `?? 0` is never used. It only tells the compiler that the value is a number.
  const word = (index: number): number => words[from + (index & 15)] ?? 0;
  const sine = (index: number): number => SINES[index] ?? 0;
  for (let i = 0; i < 16; i += 4) {
    a = step((b & c) | (~b & d), a, b, word(i), sine(i), 7);
    d = step((a & b) | (~a & c), d, a, word(i + 1), sine(i + 1), 12);
    c = step((d & a) | (~d & b), c, d, word(i + 2), sine(i + 2), 17);
    b = step((c & d) | (~c & a), b, c, word(i + 3), sine(i + 3), 22);
  }
  for (let i = 16; i < 32; i += 4) {
    a = step((b & d) | (c & ~d), a, b, word(5 * i + 1), sine(i), 5);
    d = step((a & c) | (b & ~c), d, a, word(5 * i + 6), sine(i + 1), 9);
    c = step((d & b) | (a & ~b), c, d, word(5 * i + 11), sine(i + 2), 14);
    b = step((c & a) | (d & ~a), b, c, word(5 * i + 16), sine(i + 3), 20);
  }
  for (let i = 32; i < 48; i += 4) {
    a = step(b ^ c ^ d, a, b, word(3 * i + 5), sine(i), 4);
    d = step(a ^ b ^ c, d, a, word(3 * i + 8), sine(i + 1), 11);
    c = step(d ^ a ^ b, c, d, word(3 * i + 11), sine(i + 2), 16);
    b = step(c ^ d ^ a, b, c, word(3 * i + 14), sine(i + 3), 23);
  }
  for (let i = 48; i < 64; i += 4) {
    a = step(c ^ (b | ~d), a, b, word(7 * i), sine(i), 6);
    d = step(b ^ (a | ~c), d, a, word(7 * i + 7), sine(i + 1), 10);
    c = step(a ^ (d | ~b), c, d, word(7 * i + 14), sine(i + 2), 15);
    b = step(d ^ (c | ~a), b, c, word(7 * i + 21), sine(i + 3), 21);
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
}
