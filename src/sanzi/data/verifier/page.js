// What the page does with its fields. Nothing typed leaves it; only 联网比一比 asks the county.

import { judge, readKept } from "./judge.js";
import { textOf } from "./picture.js";
import { TURN } from "./turns.js";

const KEPT_MAX = 12;
const pinned = JSON.parse(document.getElementById("pinned").textContent);
const field = (id) => document.getElementById(id);
const HEADS = `sanzi-log ${pinned.origin}`;
const KEYS = `sanzi-log-keys ${pinned.origin}`;

/** What this browser saw before, heads or turns of keys; none where it may not remember. */
function remembered(what) {
  try {
    return JSON.parse(localStorage.getItem(what) || "[]");
  } catch {
    return [];
  }
}

function remember(what, text) {
  try {
    const kept = remembered(what).filter((one) => one !== text);
    localStorage.setItem(what, JSON.stringify([...kept, text].slice(-KEPT_MAX)));
  } catch {
    // A browser that may not remember still judges; the note can be copied from the page.
  }
}

function given(shown) {
  const pasted = field("kept").value.trim();
  return {
    text: field("text").value,
    figure: field("figure").value,
    kept: [...(pasted ? [pasted] : []), ...remembered(HEADS)],
    shown: [...shown, ...remembered(KEYS)],
  };
}

async function check(shown = []) {
  const own = field("shown").value.trim();
  const told = given(own ? [own, ...shown] : shown);
  const found = await judge(told, pinned);
  const box = field("verdict");
  box.className = `verdict ${found.kind}`;
  field("sentence").textContent = found.sentence;
  field("lines").replaceChildren(...found.lines.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
  box.hidden = false;
  field("keep").value = found.keep || "";
  field("keeping").hidden = !found.keep;
  if (found.keep) {
    remember(HEADS, found.keep);
    for (const text of told.shown.filter((one) => one.includes(TURN))) remember(KEYS, text);
  }
  box.focus();
  return found;
}

/** Ask the county to show that its log still begins with every head we know. */
async function ask() {
  const heads = [];
  for (const text of [field("text").value, ...given([]).kept]) {
    try {
      heads.push(readKept(text).size);
    } catch {
      // What cannot be read is told by the verdict.
    }
  }
  try {
    const asked = ["keys", ...[...new Set(heads)].map((size) => `consistency/${size}`)];
    const answers = await Promise.all(asked.map(async (path) => {
      const answer = await fetch(`${pinned.address}/${path}`, { cache: "no-store" });
      if (!answer.ok) throw new Error("no answer");
      return answer.text();
    }));
    await check(answers);
  } catch {
    await check();
    field("lines").append(Object.assign(document.createElement("li"), {
      textContent: "县里的日志没有回话，历史没有比成。过一会儿再比。",
    }));
  }
}

field("form").addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});
field("ask").addEventListener("click", ask);
field("picture").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  const text = await textOf(file).catch(() => "");
  field("text").value = text;
  field("picture-said").textContent = text ? "码读出来了，看下面。" : "照片里没有读出码，走近一点再拍。";
  if (text) check();
});
