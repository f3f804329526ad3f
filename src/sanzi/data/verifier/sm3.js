// SM3 (GB/T 32905-2016).

import { padded } from "./sha2.js";

const START_SM3 = [
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
];

function left(word, count) {
  const by = count % 32;
  return by ? (word << by) | (word >>> (32 - by)) : word;
}

function p0(word) {
  return word ^ left(word, 9) ^ left(word, 17);
}

function p1(word) {
  return word ^ left(word, 15) ^ left(word, 23);
}

/** SM3: 32 bytes. */
export function sm3(message) {
  const bytes = padded(message, 64, 8);
  const view = new DataView(bytes.buffer);
  const state = Int32Array.from(START_SM3);
  const words = new Int32Array(68);
  for (let at = 0; at < bytes.length; at += 64) {
    for (let j = 0; j < 16; j += 1) words[j] = view.getInt32(at + 4 * j);
    for (let j = 16; j < 68; j += 1) {
      const mixed = p1(words[j - 16] ^ words[j - 9] ^ left(words[j - 3], 15));
      words[j] = mixed ^ left(words[j - 13], 7) ^ words[j - 6];
    }
    compressSm3(state, words);
  }
  const made = new DataView(new ArrayBuffer(32));
  state.forEach((word, at) => made.setInt32(4 * at, word));
  return new Uint8Array(made.buffer);
}

function compressSm3(state, words) {
  let [a, b, c, d, e, f, g, h] = state;
  for (let j = 0; j < 64; j += 1) {
    const isEarly = j < 16;
    const constant = left(isEarly ? 0x79cc4519 : 0x7a879d8a, j);
    const one = left((left(a, 12) + e + constant) | 0, 7);
    const two = one ^ left(a, 12);
    const ff = isEarly ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = isEarly ? e ^ f ^ g : (e & f) | (~e & g);
    const first = (ff + d + two + (words[j] ^ words[j + 4])) | 0;
    const second = (gg + h + one + words[j]) | 0;
    [d, c, b, a] = [c, left(b, 9), a, first];
    [h, g, f, e] = [g, left(f, 19), e, p0(second)];
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => {
    state[at] ^= word;
  });
}
