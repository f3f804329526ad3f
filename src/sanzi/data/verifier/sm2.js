// SM2 signatures over SM3 (GB/T 32918.2-2016, the curve of GB/T 32918.5-2017).

import { fromNumber, joined, toNumber, utf8 } from "./bytes.js";
import { inverse, modulo, sumOf } from "./curves.js";
import { sm3 } from "./sm3.js";

const SM2_PRIME = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const SM2_ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const SM2_A = SM2_PRIME - 3n;
const SM2_B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const SM2_GX = 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n;
const SM2_GY = 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n;
const SM2_WHO = "1234567812345678"; // the signer's name where nobody agreed on another
const SM2_COORDINATE = 32;

// Jacobian coordinates: x = X/Z², y = Y/Z³; Z is 0 at infinity.
const SM2_CURVE = {
  zero: { X: 1n, Y: 1n, Z: 0n },
  double({ X, Y, Z }) {
    if (Z === 0n || Y === 0n) return SM2_CURVE.zero;
    const square = modulo(Y * Y, SM2_PRIME);
    const s = modulo(4n * X * square, SM2_PRIME);
    const zz = modulo(Z * Z, SM2_PRIME);
    const m = modulo(3n * (X - zz) * (X + zz), SM2_PRIME); // a is -3
    const x = modulo(m * m - 2n * s, SM2_PRIME);
    const y = modulo(m * (s - x) - 8n * square * square, SM2_PRIME);
    return { X: x, Y: y, Z: modulo(2n * Y * Z, SM2_PRIME) };
  },
  add(one, other) {
    if (one.Z === 0n) return other;
    if (other.Z === 0n) return one;
    const zz1 = modulo(one.Z * one.Z, SM2_PRIME);
    const zz2 = modulo(other.Z * other.Z, SM2_PRIME);
    const u1 = modulo(one.X * zz2, SM2_PRIME);
    const h = modulo(other.X * zz1 - u1, SM2_PRIME);
    const s1 = modulo(one.Y * other.Z * zz2, SM2_PRIME);
    const r = modulo(other.Y * one.Z * zz1 - s1, SM2_PRIME);
    if (h === 0n) return r === 0n ? SM2_CURVE.double(one) : SM2_CURVE.zero;
    const hh = modulo(h * h, SM2_PRIME);
    const hhh = modulo(h * hh, SM2_PRIME);
    const v = modulo(u1 * hh, SM2_PRIME);
    const x = modulo(r * r - hhh - 2n * v, SM2_PRIME);
    const y = modulo(r * (v - x) - s1 * hhh, SM2_PRIME);
    return { X: x, Y: y, Z: modulo(h * one.Z * other.Z, SM2_PRIME) };
  },
};

/** What is signed: SM3 over the digest of signer and curve, then the message. */
function sm2Digest(key, message) {
  const who = utf8(SM2_WHO);
  const curve = [SM2_A, SM2_B, SM2_GX, SM2_GY].map((one) => fromNumber(one, SM2_COORDINATE));
  const z = sm3(joined(Uint8Array.of(0, who.length * 8), who, ...curve, key));
  return toNumber(sm3(joined(z, message)));
}

function isOnCurve(x, y) {
  if (x >= SM2_PRIME || y >= SM2_PRIME) return false;
  return modulo(y * y - (x * x * x + SM2_A * x + SM2_B), SM2_PRIME) === 0n;
}

/** r and s of a DER sequence of two whole numbers; null for any other bytes. */
export function sm2Pair(signature) {
  const [tag, length, ...rest] = signature;
  if (tag !== 0x30 || length !== rest.length) return null;
  const found = [];
  let at = 0;
  while (at < rest.length) {
    const size = rest[at + 1];
    const body = rest.slice(at + 2, at + 2 + size);
    if (rest[at] !== 0x02 || !size || body.length !== size || body[0] & 0x80) return null;
    found.push(toNumber(Uint8Array.from(body)));
    at += 2 + size;
  }
  return found.length === 2 ? found : null;
}

/** Whether a signature is by this key of 64 bytes (x and y). */
export function holdsSm2(key, message, signature) {
  const pair = sm2Pair(signature);
  if (!pair || key.length !== 2 * SM2_COORDINATE) return false;
  const [r, s] = pair;
  const [X, Y] = [key.slice(0, SM2_COORDINATE), key.slice(SM2_COORDINATE)].map(toNumber);
  if (r < 1n || s < 1n || r >= SM2_ORDER || s >= SM2_ORDER || !isOnCurve(X, Y)) return false;
  const t = (r + s) % SM2_ORDER;
  if (t === 0n) return false;
  const base = { X: SM2_GX, Y: SM2_GY, Z: 1n };
  const found = sumOf(SM2_CURVE, [s, base], [t, { X, Y, Z: 1n }]);
  if (found.Z === 0n) return false;
  const over = inverse(found.Z, SM2_PRIME);
  const x = modulo(found.X * over * over, SM2_PRIME);
  return modulo(sm2Digest(key, message) + x, SM2_ORDER) === r;
}
