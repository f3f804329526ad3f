// Ed25519 signatures (RFC 8032): by the browser where it can, else by the code below.

import { isSame, joined, toNumber } from "./bytes.js";
import { inverse, modulo, raised, sumOf } from "./curves.js";
import { sha512 } from "./sha2.js";

const ED_PRIME = (1n << 255n) - 19n;
const ED_ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
const ED_D = modulo(-121665n * inverse(121666n, ED_PRIME), ED_PRIME);
const ED_ROOT_OF_MINUS_ONE = raised(2n, (ED_PRIME - 1n) / 4n, ED_PRIME);

// Extended coordinates: x = X/Z, y = Y/Z, xy = T/Z.
const ED_CURVE = {
  zero: { X: 0n, Y: 1n, Z: 1n, T: 0n },
  add(one, other) {
    const a = (one.Y - one.X) * (other.Y - other.X);
    const b = (one.Y + one.X) * (other.Y + other.X);
    const c = 2n * one.T * modulo(other.T * ED_D, ED_PRIME);
    const d = 2n * one.Z * other.Z;
    const e = modulo(b - a, ED_PRIME);
    const f = modulo(d - c, ED_PRIME);
    const g = modulo(d + c, ED_PRIME);
    const h = modulo(b + a, ED_PRIME);
    return {
      X: modulo(e * f, ED_PRIME), Y: modulo(g * h, ED_PRIME),
      Z: modulo(f * g, ED_PRIME), T: modulo(e * h, ED_PRIME),
    };
  },
  double(one) {
    return ED_CURVE.add(one, one);
  },
};

function littleEnd(bytes) {
  return toNumber(Uint8Array.from(bytes).reverse());
}

/** Read a point from 32 bytes. Throws where there is none. */
function edPoint(bytes) {
  const whole = littleEnd(bytes);
  const isOdd = whole >> 255n;
  const y = BigInt.asUintN(255, whole);
  if (y >= ED_PRIME) throw new Error("no point");
  const above = modulo(y * y - 1n, ED_PRIME);
  const square = modulo(above * inverse(ED_D * y * y + 1n, ED_PRIME), ED_PRIME);
  let x = raised(square, (ED_PRIME + 3n) / 8n, ED_PRIME);
  if (modulo(x * x, ED_PRIME) !== square) x = modulo(x * ED_ROOT_OF_MINUS_ONE, ED_PRIME);
  if (modulo(x * x, ED_PRIME) !== square || (x === 0n && isOdd)) throw new Error("no point");
  if ((x & 1n) !== isOdd) x = ED_PRIME - x;
  return { X: x, Y: y, Z: 1n, T: modulo(x * y, ED_PRIME) };
}

function edBytes(point) {
  const over = inverse(point.Z, ED_PRIME);
  const x = modulo(point.X * over, ED_PRIME);
  const whole = modulo(point.Y * over, ED_PRIME) | ((x & 1n) << 255n);
  const text = whole.toString(16).padStart(64, "0");
  return Uint8Array.from(text.match(/../g).reverse(), (one) => parseInt(one, 16));
}

const ED_BASE = edPoint(Uint8Array.from({ length: 32 }, (_, at) => (at ? 0x66 : 0x58)));

/** Whether a signature of 64 bytes is by this key of 32; by our own arithmetic. */
export function holdsEd25519Own(key, message, signature) {
  if (signature.length !== 64 || key.length !== 32) return false;
  const start = signature.slice(0, 32);
  const s = littleEnd(signature.slice(32));
  if (s >= ED_ORDER) return false;
  try {
    const point = edPoint(key);
    const minus = { ...point, X: ED_PRIME - point.X, T: ED_PRIME - point.T };
    const k = littleEnd(sha512(joined(start, key, message))) % ED_ORDER;
    return isSame(edBytes(sumOf(ED_CURVE, [s, ED_BASE], [k, minus])), start);
  } catch {
    return false;
  }
}

/** The same, by the browser where it knows the curve. */
export async function holdsEd25519(key, message, signature) {
  const own = globalThis.crypto && globalThis.crypto.subtle;
  if (own) {
    try {
      const held = await own.importKey("raw", key, "Ed25519", false, ["verify"]);
      return await own.verify("Ed25519", held, signature, message);
    } catch {
      // A browser that does not know the curve: our own arithmetic decides.
    }
  }
  return holdsEd25519Own(key, message, signature);
}
