// Bytes and their written forms: hexadecimal, base64, base32, UTF-8.

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Join arrays of bytes. */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    whole.set(one, at);
    at += one.length;
  }
  return whole;
}

/** Whether two arrays of bytes are the same. */
export function isSame(left, right) {
  return left.length === right.length && left.every((one, at) => one === right[at]);
}

export function utf8(text) {
  return new TextEncoder().encode(text);
}

/** Read UTF-8. Throws on what is none. */
export function fromUtf8(bytes) {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

export function hex(bytes) {
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text) {
  return Uint8Array.from(text.match(/../g) || [], (one) => parseInt(one, 16));
}

export function base64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

/** Read base64. Throws on what is none. */
export function fromBase64(text) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4) throw new Error("no base64");
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}

/** Read base32 without its padding; small letters, spaces and line ends do no harm. */
export function fromBase32(text) {
  const found = [];
  let held = 0;
  let bits = 0;
  for (const letter of text.toUpperCase().replace(/\s+/g, "")) {
    const value = BASE32.indexOf(letter);
    if (value < 0) throw new Error("no base32");
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      found.push((held >> bits) & 0xff);
    }
  }
  return Uint8Array.from(found);
}

/** Read bytes as one number, the highest first. */
export function toNumber(bytes) {
  return bytes.length ? BigInt("0x" + hex(bytes)) : 0n;
}

/** Write a number as so many bytes, the highest first. */
export function fromNumber(value, count) {
  return fromHex(value.toString(16).padStart(count * 2, "0"));
}
