// SHA-256 and SHA-512 (FIPS 180-4). A page opened from a file has no digest of its own everywhere.

import { fromNumber, joined } from "./bytes.js";

/** The first primes, as many as there are rounds. */
const PRIMES = [];
for (let one = 2; PRIMES.length < 80; one += 1) {
  if (PRIMES.every((prime) => one % prime)) PRIMES.push(one);
}

/** The whole root of a large number: `power` 2 or 3. */
function rootOf(value, power) {
  let low = 0n;
  let high = 1n << 80n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** power > value) high = middle;
    else low = middle;
  }
  return low;
}

/** The first 64 bits behind the point of a prime's root. */
function fraction(prime, power) {
  return BigInt.asUintN(64, rootOf(BigInt(prime) << (64n * power), power));
}

const FROM_CUBES = PRIMES.map((prime) => fraction(prime, 3n));
const FROM_SQUARES = PRIMES.slice(0, 8).map((prime) => fraction(prime, 2n));
const ROUNDS_256 = Int32Array.from(FROM_CUBES.slice(0, 64), (one) => Number(one >> 32n));
const START_256 = Int32Array.from(FROM_SQUARES, (one) => Number(one >> 32n));

/** A message with its one bit and its length, in whole blocks. */
export function padded(message, block, lengthBytes) {
  const fill = (2 * block - 1 - lengthBytes - (message.length % block)) % block;
  const length = fromNumber(BigInt(message.length) * 8n, lengthBytes);
  return joined(message, Uint8Array.of(0x80), new Uint8Array(fill), length);
}

function turned(word, count) {
  return (word >>> count) | (word << (32 - count));
}

/** SHA-256: 32 bytes. */
export function sha256(message) {
  const bytes = padded(message, 64, 8);
  const view = new DataView(bytes.buffer);
  const state = Int32Array.from(START_256);
  const words = new Int32Array(64);
  for (let at = 0; at < bytes.length; at += 64) {
    for (let t = 0; t < 64; t += 1) {
      words[t] = t < 16 ? view.getInt32(at + 4 * t) : nextWord256(words, t);
    }
    compress256(state, words);
  }
  const made = new DataView(new ArrayBuffer(32));
  state.forEach((word, t) => made.setInt32(4 * t, word));
  return new Uint8Array(made.buffer);
}

function nextWord256(words, t) {
  const near = words[t - 2];
  const far = words[t - 15];
  const one = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10);
  const two = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3);
  return (one + words[t - 7] + two + words[t - 16]) | 0;
}

function compress256(state, words) {
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 64; t += 1) {
    const upper = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const first = (h + upper + ((e & f) ^ (~e & g)) + ROUNDS_256[t] + words[t]) | 0;
    const lower = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const second = (lower + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, t) => {
    state[t] = (state[t] + word) | 0;
  });
}

function turned64(word, count) {
  return BigInt.asUintN(64, (word >> count) | (word << (64n - count)));
}

/** SHA-512: 64 bytes. Large numbers will do: only Ed25519 asks for it, twice a page. */
export function sha512(message) {
  const bytes = padded(message, 128, 16);
  const view = new DataView(bytes.buffer);
  const state = FROM_SQUARES.slice();
  for (let at = 0; at < bytes.length; at += 128) {
    const words = [];
    for (let t = 0; t < 80; t += 1) {
      words.push(t < 16 ? view.getBigUint64(at + 8 * t) : nextWord512(words, t));
    }
    compress512(state, words);
  }
  return joined(...state.map((word) => fromNumber(word, 8)));
}

function nextWord512(words, t) {
  const near = words[t - 2];
  const far = words[t - 15];
  const one = turned64(near, 19n) ^ turned64(near, 61n) ^ (near >> 6n);
  const two = turned64(far, 1n) ^ turned64(far, 8n) ^ (far >> 7n);
  return BigInt.asUintN(64, one + words[t - 7] + two + words[t - 16]);
}

function compress512(state, words) {
  let [a, b, c, d, e, f, g, h] = state;
  const cut = (value) => BigInt.asUintN(64, value);
  for (let t = 0; t < 80; t += 1) {
    const upper = turned64(e, 14n) ^ turned64(e, 18n) ^ turned64(e, 41n);
    const first = cut(h + upper + ((e & f) ^ (cut(~e) & g)) + FROM_CUBES[t] + words[t]);
    const lower = turned64(a, 28n) ^ turned64(a, 34n) ^ turned64(a, 39n);
    const second = cut(lower + ((a & b) ^ (a & c) ^ (b & c)));
    [h, g, f, e, d, c, b, a] = [g, f, e, cut(d + first), c, b, a, cut(first + second)];
  }
  [a, b, c, d, e, f, g, h].forEach((word, t) => {
    state[t] = cut(state[t] + word);
  });
}
