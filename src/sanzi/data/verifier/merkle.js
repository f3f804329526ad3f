// The proofs of an append-only log (RFC 9162, section 2.1), by SHA-256.

import { isSame, joined } from "./bytes.js";
import { sha256 } from "./sha2.js";

/** The hash of a leaf. */
export function leafHash(bytes) {
  return sha256(joined(Uint8Array.of(0), bytes));
}

function nodeHash(left, right) {
  return sha256(joined(Uint8Array.of(1), left, right));
}

/** Whether a leaf's hash stands at a place in the log of this size and root (2.1.3.2). */
export function isIncluded(leaf, index, size, path, root) {
  if (index >= size) return false;
  let node = index;
  let last = size - 1;
  let found = leaf;
  for (const one of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      found = nodeHash(one, found);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      found = nodeHash(found, one);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && isSame(found, root);
}

/** Whether the log of the second size and root begins with that of the first (2.1.4.2). */
export function isConsistent(old, size, oldRoot, newRoot, path) {
  if (old > size || old < 1) return false;
  if (old === size) return path.length === 0 && isSame(oldRoot, newRoot);
  const isPower = (BigInt(old) & (BigInt(old) - 1n)) === 0n;
  const steps = isPower ? [oldRoot, ...path] : path;
  if (!steps.length) return false;
  let node = old - 1;
  let last = size - 1;
  while (node % 2 === 1) {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  let foundOld = steps[0];
  let foundNew = steps[0];
  for (const one of steps.slice(1)) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      foundOld = nodeHash(one, foundOld);
      foundNew = nodeHash(one, foundNew);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      foundNew = nodeHash(foundNew, one);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && isSame(foundOld, oldRoot) && isSame(foundNew, newRoot);
}
