// One sentence: is the figure on the paper the figure in the log, and was history rewritten.

import { compareHistory, readShown } from "./history.js";
import { isIncluded, leafHash } from "./merkle.js";
import { readKey, readNote, signersOf } from "./notes.js";
import { ANY_MARK, MARK, noteOf, readProof } from "./proof.js";
import { follow, readTurns } from "./turns.js";

const FIGURE_WORDS = { in: "进了", out: "出了", balance: "账上还有", total: "一共" };

/** Amounts as they are written: 12,196.50元. */
export function yuan(fen) {
  const whole = Math.floor(Math.abs(fen) / 100).toLocaleString("en-US");
  const rest = String(Math.abs(fen) % 100).padStart(2, "0");
  return `${fen < 0 ? "负" : ""}${whole}.${rest}元`;
}

/** Read an amount that somebody typed, in fen; null where it is none. */
export function typedFen(text) {
  const found = /^(\d{1,12})(?:\.(\d{1,2}))?元?$/.exec(text.replace(/[\s,，]/g, ""));
  return found && Number(found[1]) * 100 + Number((found[2] || "").padEnd(2, "0"));
}

/** The keys that sign heads of a size: those of the log then, and those who cosign. */
export function keysAt(pinned, size) {
  const now = pinned.generations.find((one) => one.until === null || size <= one.until);
  return now.keys.map(readKey);
}

function everyKey(pinned) {
  const lines = [...pinned.generations, ...pinned.cosigners].flatMap((one) => one.keys);
  return lines.map(readKey);
}

/** Who cosigned a head, by their titles. Throws where the log did not sign, or a line is false. */
export async function signedBy(pinned, head) {
  if (head.origin !== pinned.origin) throw new Error("another log");
  const own = keysAt(pinned, head.size);
  const signed = await signersOf(head, own);
  if (signed.length !== own.length) throw new Error("not signed");
  return cosignersOf(pinned, head);
}

async function cosignersOf(pinned, head) {
  const titles = [];
  for (const one of pinned.cosigners) {
    if ((await signersOf(head, one.keys.map(readKey))).length) titles.push(one.title);
  }
  return titles;
}

/** Read what somebody kept: the text of another paper, or a signed head. */
export function readKept(text) {
  const plain = text.replace(/\r/g, "").trim();
  return plain.toUpperCase().startsWith(MARK) ? readProof(plain).head : readNote(`${plain}\n`);
}

function verdict(kind, sentence, more = {}) {
  return { kind, sentence, lines: [], ...more };
}

/** Whether the log may have new keys: none of its known ones is there, and enough known others signed. */
async function mayBeTurned(pinned, head) {
  const ids = pinned.generations.flatMap((one) => one.keys.map((line) => readKey(line).id));
  if (head.signatures.some((one) => ids.includes(one.id))) return false;
  const titles = await cosignersOf(pinned, head);
  return titles.length > 0 && titles.length >= pinned.quorum;
}

const RENEW = ["请到村里、镇里重新拿一份核对页，对一对公示上印的指纹。", "有网的，点“联网比一比”，这一页自己认新钥匙。"];

/**
 * Judge a paper. `given`: text of its code, figure typed from it, `kept` texts of earlier heads,
 * `shown` what the county shows of its history and of its keys. Never throws.
 */
export async function judge(given, pinned) {
  const text = given.text.trim();
  if (!text) return verdict("unsure", "先放一张二维码的照片，或把码里的字粘进来。");
  if (ANY_MARK.test(text) && !text.toUpperCase().startsWith(MARK)) {
    return verdict("unsure", "这个码比这张核对页新，这一页还不认得。", { lines: RENEW.slice(0, 1) });
  }
  if (!text.toUpperCase().startsWith(MARK)) {
    return verdict("bad", "这不是公示的验证码，别信它。", { lines: ["真的码，字是SANZI1打头的。"] });
  }
  let proof;
  try {
    proof = readProof(text);
  } catch {
    return verdict("unsure", "码里的字不全，核不了。", { lines: ["请重新拍一张，或重新粘一遍。"] });
  }
  let known;
  try {
    known = await follow(pinned, given.shown.flatMap(readTurns));
  } catch {
    return verdict("bad", "贴的换钥匙的证明是假的，不能作数。", { lines: ASK });
  }
  return (await judgeProof(proof, known)) || judgeRest(proof, given, known);
}

/** What is wrong with a proof in itself; null where nothing is. */
async function judgeProof(proof, pinned) {
  const { head, index, path, leaf, told } = proof;
  if (head.origin !== pinned.origin) {
    return verdict("bad", `这张纸不是${pinned.county}公示的。`, { lines: [`它自己说的是：${head.origin}`] });
  }
  if (!told) return verdict("bad", "这个码说的不是公示，别信它。");
  if (!isIncluded(leafHash(leaf), index, head.size, path, head.root)) {
    return verdict("bad", "不对：纸上的数和公开日志里的不一样。", { lines: ASK });
  }
  try {
    await signedBy(pinned, head);
  } catch {
    if (await mayBeTurned(pinned, head).catch(() => false)) {
      return verdict("unsure", `${pinned.county}换过钥匙，这张核对页还不认得新的。`, { lines: RENEW });
    }
    return verdict("bad", `不对：这个码没有${pinned.county}的签名。`, { lines: ASK });
  }
  return null;
}

const ASK = ["请把这张纸留好，交给村监会或镇纪委。"];

/** A good proof: does the figure fit, was history rewritten, who cosigned. */
async function judgeRest(proof, given, pinned) {
  const what = describe(proof.told, pinned);
  const fen = given.figure.trim() ? typedFen(given.figure) : null;
  if (given.figure.trim() && fen === null) {
    return verdict("unsure", "填的数看不懂，请只填数字，像12196.50。");
  }
  if (fen !== null && !Object.values(proof.told.figures).includes(fen)) {
    return verdict("bad", `不对：日志里没有${yuan(fen)}这个数，记的是${what}。`, { lines: ASK });
  }
  const history = await historyOf(proof, given, pinned);
  if (history.verdict) return history.verdict;
  const titles = await signedBy(pinned, proof.head);
  const more = { figures: proof.told.figures, told: proof.told, keep: noteOf(proof.head, everyKey(pinned)) };
  more.lines = [titles.length ? `日志签了名，${titles.join("、")}作了证。` : "日志签了名。"];
  if (titles.length < pinned.quorum) {
    const lines = [...more.lines, `要${pinned.quorum}家作证，只有${titles.length}家。`];
    return verdict("unsure", `数在日志里，作证的还不够：${what}。`, { ...more, lines });
  }
  if (history.state === "same") {
    return verdict("good", `是真的：${what}，和公开日志一样，历史没有改过。`, more);
  }
  more.lines.push("历史还没有比。联网比一比，或贴上县里给的证明。");
  return verdict("good", `是真的：${what}，和公开日志一样。`, more);
}

function describe(told, pinned) {
  const place = pinned.places[told.place] || told.place || "";
  const month = (told.period || "").replace(/^(\d{4})-0?(\d{1,2})$/, "$1年$2月");
  const figures = Object.entries(told.figures).map(([name, fen]) => FIGURE_WORDS[name] + yuan(fen));
  if (!figures.length) return `公示${told.id}（指纹${told.digest.slice(0, 12)}）`;
  return `${place}${month}${figures.join("、")}`;
}

/** Compare the paper's head, those that were kept, and what the county shows. */
async function historyOf(proof, given, pinned) {
  const heads = [proof.head];
  let shown;
  try {
    for (const text of given.kept) heads.push(readKept(text));
    shown = given.shown.flatMap(readShown);
  } catch {
    return { verdict: verdict("unsure", "上次留的字，或县里的证明，没有贴全。") };
  }
  try {
    for (const head of [...heads, ...shown.map((one) => one.head)]) await signedBy(pinned, head);
  } catch {
    return { verdict: verdict("bad", `贴的这份日志没有${pinned.county}的签名，不能作数。`) };
  }
  const found = compareHistory(heads, shown);
  const [one, other] = found.heads;
  const lines = ["请把两份签过名的都留好，交给镇纪委，谁也赖不掉。"];
  if (found.state === "split") {
    return { verdict: verdict("bad", "不对：县里签了两本不一样的日志，历史改过。", { lines }) };
  }
  if (found.state === "rewritten") {
    return { verdict: verdict("bad", "不对：日志改过历史，和纸上签的对不上。", { lines }) };
  }
  if (found.state === "short") {
    const sentence = `不对：日志变短了，签过${one.size}条，现在只有${other.size}条。`;
    return { verdict: verdict("bad", sentence, { lines }) };
  }
  return { state: found.state };
}
