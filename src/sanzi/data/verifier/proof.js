// The proof that a paper carries in its code, as docs/paper-proof.md tells it.

import { base64, fromBase32, fromHex, fromUtf8, hex, isSame } from "./bytes.js";
import { readHead } from "./notes.js";
import { sha256 } from "./sha2.js";

export const MARK = "SANZI1:";
export const ANY_MARK = /^sanzi[0-9]+:/i;
const FORMAT = 1;

/** Read bytes one after the other. Throws at the end. */
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(count) {
    if (this.at + count > this.bytes.length) throw new Error("cut short");
    this.at += count;
    return this.bytes.slice(this.at - count, this.at);
  }

  /** A whole number, seven bits a byte, the lowest first. */
  number() {
    let found = 0;
    for (let factor = 1; factor < 2 ** 49; factor *= 128) {
      const [one] = this.take(1);
      found += (one & 127) * factor;
      if (one < 128) return found;
    }
    throw new Error("too large");
  }

  measured() {
    return this.take(this.number());
  }
}

/** Read the text of a code. Throws where it is none, or not whole. */
export function readProof(text) {
  const bytes = fromBase32(text.replace(/\s+/g, "").slice(MARK.length));
  const body = bytes.slice(0, -4);
  if (!isSame(sha256(body).slice(0, 4), bytes.slice(-4))) throw new Error("not whole");
  const from = new Reader(body);
  if (from.number() !== FORMAT) throw new Error("another format");
  const origin = fromUtf8(from.measured());
  const size = from.number();
  const roots = [from.take(32), from.take(32)].map(base64);
  const index = from.number();
  const path = Array.from({ length: from.number() }, () => from.take(32));
  const leaf = from.measured();
  const signatures = Array.from({ length: from.number() }, () => ({
    id: hex(from.take(4)), body: from.measured(),
  }));
  if (from.at !== body.length) throw new Error("too long");
  const head = readHead(`${origin}\n${size}\n${roots[0]}\nsm3 ${roots[1]}\n`);
  return { head: { ...head, signatures }, index, path, leaf, told: readLeaf(leaf) };
}

/** What a leaf tells of a publication; null for a leaf of anything else. */
export function readLeaf(leaf) {
  const [kind, id, digest, ...more] = fromUtf8(leaf).split("\n");
  if (kind !== "sanzi/publication/1" || !(digest || "").startsWith("sm3 ")) return null;
  const told = { id, digest: digest.slice(4), figures: {} };
  for (const line of more.filter(Boolean)) {
    const [name, value] = line.split(" ");
    if (["in", "out", "balance", "total"].includes(name)) told.figures[name] = Number(value);
    else told[name] = value;
  }
  return told;
}

/** A note as it is kept, from a head and its signatures; names come from the keys. */
export function noteOf(head, keys) {
  const lines = head.signatures.map((one) => {
    const key = keys.find((each) => each.id === one.id);
    const raw = Uint8Array.from([...fromHex(one.id), ...one.body]);
    return key ? `\u2014 ${key.name} ${base64(raw)}\n` : "";
  });
  return `${head.text}\n${lines.join("")}`;
}
