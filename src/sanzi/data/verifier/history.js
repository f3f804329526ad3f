// Whether a log was rewritten between two signed heads, or told differently to different people.

import { fromBase64, isSame } from "./bytes.js";
import { isConsistent } from "./merkle.js";
import { readNote } from "./notes.js";

const BUNDLE = "sanzi/consistency/1\n";

/** Read what a county shows: from which size, the path, and the signed head it leads to. */
export function readShown(text) {
  return text.replace(/\r/g, "").split(BUNDLE).slice(1).map((one) => {
    const lines = one.split("\n");
    const gap = lines.indexOf("");
    const path = lines.slice(1, gap).map(fromBase64);
    const note = `${lines.slice(gap + 1).join("\n").trimEnd()}\n`;
    if (gap < 1 || !/^\d{1,15}$/.test(lines[0])) throw new Error("no proof");
    return { old: Number(lines[0]), path, head: readNote(note) };
  });
}

/** Two heads of one size that tell different logs; null where there are none. */
export function findSplit(heads) {
  for (const one of heads) {
    const other = heads.find((each) => each.size === one.size && !isSame(each.root, one.root));
    if (other) return [one, other];
  }
  return null;
}

/** Hold every head against what the county shows: split, short, rewritten, same or open. */
export function compareHistory(heads, shown) {
  const all = [...heads, ...shown.map((one) => one.head)];
  const split = findSplit(all);
  if (split) return { state: "split", heads: split };
  let compared = 0;
  for (const head of heads) {
    for (const { old, path, head: now } of shown) {
      if (head.size > now.size) return { state: "short", heads: [head, now] };
      if (head.size !== old) continue;
      if (!isConsistent(old, now.size, head.root, now.root, path)) {
        return { state: "rewritten", heads: [head, now] };
      }
      compared += 1;
    }
  }
  const isWhole = compared > 0 && heads.every((head) =>
    shown.some((one) => one.old === head.size || one.head.size === head.size));
  return { state: isWhole ? "same" : "open", heads: shown.map((one) => one.head).slice(-1) };
}
