// Arithmetic that both signatures share: remainders, inverses, and points added up by doubling.

/** The remainder that is never below zero. */
export function modulo(value, prime) {
  const found = value % prime;
  return found < 0n ? found + prime : found;
}

/** A power modulo a prime. */
export function raised(base, exponent, prime) {
  let found = 1n;
  let square = modulo(base, prime);
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) found = (found * square) % prime;
    square = (square * square) % prime;
  }
  return found;
}

/** The inverse modulo a prime. */
export function inverse(value, prime) {
  return raised(value, prime - 2n, prime);
}

/** `first` times one point and `second` times another, in one run of doublings. */
export function sumOf(curve, [first, one], [second, other]) {
  const both = curve.add(one, other);
  const terms = [null, one, other, both];
  const length = Math.max(first.toString(2).length, second.toString(2).length);
  let found = curve.zero;
  for (let bit = BigInt(length - 1); bit >= 0n; bit -= 1n) {
    found = curve.double(found);
    const which = Number((first >> bit) & 1n) + 2 * Number((second >> bit) & 1n);
    if (which) found = curve.add(found, terms[which]);
  }
  return found;
}
