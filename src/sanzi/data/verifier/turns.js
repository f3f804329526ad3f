// Turns of a log's keys: old keys sign which keys come after them (docs/how-to/watch-the-log.md).

import { readKey, readSigned, signersOf } from "./notes.js";

export const TURN = "sanzi/log-keys/1\n";

/** Read the turns in what a county shows of its keys. Throws where one is none. */
export function readTurns(text) {
  return text.replace(/\r/g, "").split(TURN).slice(1).map((one) => {
    const note = readSigned(`${TURN}${one.trimEnd()}\n`);
    const [, origin, word, ...keys] = note.text.trimEnd().split("\n");
    const [, kind, until] = /^(lost|turned) (\d{1,15})$/.exec(word) || [];
    const side = (name) => keys.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(4));
    const turn = { note, origin, isLost: kind === "lost", until: Number(until), old: side("old"), fresh: side("new") };
    if (!kind || !turn.old.length || !turn.fresh.length) throw new Error("no turn");
    return turn;
  });
}

/**
 * The pinned keys with those that came after them. A turn counts only when the keys that sign now
 * signed it, and the new ones too: lost keys sign nothing, so their turn is never followed.
 */
export async function follow(pinned, turns) {
  const generations = [...pinned.generations];
  for (const turn of [...turns].sort((one, other) => one.until - other.until)) {
    const now = generations[generations.length - 1];
    const isNext = turn.origin === pinned.origin && !turn.isLost
      && turn.old.length === now.keys.length && turn.old.every((one) => now.keys.includes(one));
    if (!isNext) continue;
    const wanted = [...turn.old, ...turn.fresh].map(readKey);
    const signed = await signersOf(turn.note, wanted);
    if (signed.length !== wanted.length) throw new Error("a turn that its keys did not sign");
    generations[generations.length - 1] = { until: turn.until, keys: now.keys };
    generations.push({ until: null, keys: turn.fresh });
  }
  return { ...pinned, generations };
}
