// Signed notes, their keys, and the heads of a log in them (c2sp.org/signed-note, tlog-checkpoint).

import { fromBase64, hex, isSame, joined, toNumber, utf8 } from "./bytes.js";
import { holdsEd25519 } from "./ed25519.js";
import { sha256 } from "./sha2.js";
import { holdsSm2 } from "./sm2.js";

// The longer beginnings first: those of SM2 begin alike.
const KEY_KINDS = [
  { begin: joined(Uint8Array.of(0xff), utf8("sm2-sm3/cosignature/v1")), isSm2: true, isTimed: true, size: 64 },
  { begin: joined(Uint8Array.of(0xff), utf8("sm2-sm3")), isSm2: true, isTimed: false, size: 64 },
  { begin: Uint8Array.of(4), isSm2: false, isTimed: true, size: 32 },
  { begin: Uint8Array.of(1), isSm2: false, isTimed: false, size: 32 },
];

/** Read a key from its line: name+id+bytes. Throws where it is none. */
export function readKey(line) {
  const [name, told, ...rest] = line.trim().split("+");
  const raw = fromBase64(rest.join("+"));
  const kind = KEY_KINDS.find((one) => isSame(raw.slice(0, one.begin.length), one.begin));
  const id = hex(sha256(joined(utf8(`${name}\n`), raw)).slice(0, 4));
  if (!kind || id !== told || raw.length !== kind.begin.length + kind.size) {
    throw new Error("no key");
  }
  return { name, id, kind, bytes: raw.slice(kind.begin.length) };
}

/** Whether the holder of a key signed a text. */
export async function holds(key, text, signature) {
  let message = utf8(text);
  let made = signature;
  if (key.kind.isTimed) {
    message = utf8(`cosignature/v1\ntime ${toNumber(signature.slice(0, 8))}\n${text}`);
    made = signature.slice(8);
  }
  return key.kind.isSm2 ? holdsSm2(key.bytes, message, made)
    : holdsEd25519(key.bytes, message, made);
}

/** Read a text and the signatures below it. Throws where it is none. */
export function readSigned(whole) {
  const end = whole.lastIndexOf("\n\n");
  if (end < 0 || !whole.endsWith("\n")) throw new Error("no note");
  const lines = whole.slice(end + 2, -1).split("\n");
  const signatures = lines.map((line) => {
    const [dash, name, body, ...more] = line.split(" ");
    if (dash !== "\u2014" || !name || !body || more.length) throw new Error("no signature");
    const raw = fromBase64(body);
    return { id: hex(raw.slice(0, 4)), body: raw.slice(4) };
  });
  return { text: whole.slice(0, end + 1), signatures };
}

/** Read a note that tells the head of a log. Throws where it is none. */
export function readNote(whole) {
  const { text, signatures } = readSigned(whole);
  return { ...readHead(text), signatures };
}

/** Read the head of a log from the text that is signed. Throws where it is none. */
export function readHead(text) {
  const [origin, size, root, ...more] = text.split("\n");
  const sm3 = more.find((line) => line.startsWith("sm3 "));
  if (!/^(0|[1-9]\d{0,14})$/.test(size || "")) throw new Error("no head");
  const head = { text, origin, size: Number(size), root: fromBase64(root) };
  if (head.root.length !== 32) throw new Error("no head");
  return { ...head, sm3: sm3 ? fromBase64(sm3.slice(4)) : new Uint8Array(0) };
}

/** Those of the keys that signed a note. Throws where the signature of one of them is false. */
export async function signersOf(note, keys) {
  const found = [];
  for (const key of keys) {
    const own = note.signatures.filter((one) => one.id === key.id);
    for (const one of own) {
      if (!(await holds(key, note.text, one.body))) throw new Error(`false: ${key.name}`);
    }
    if (own.length) found.push(key);
  }
  return found;
}
