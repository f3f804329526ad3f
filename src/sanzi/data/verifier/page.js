// What the page does with its fields. Nothing typed leaves it; only 联网比一比 asks the county.

import { judge, readKept } from "./judge.js";
import { textOf } from "./picture.js";

const KEPT_MAX = 12;
const pinned = JSON.parse(document.getElementById("pinned").textContent);
const field = (id) => document.getElementById(id);
const KEPT = `sanzi-log ${pinned.origin}`;

/** The heads this browser saw before; none where it may not remember. */
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) || "[]");
  } catch {
    return [];
  }
}

function remember(note) {
  try {
    const kept = remembered().filter((one) => one !== note);
    localStorage.setItem(KEPT, JSON.stringify([...kept, note].slice(-KEPT_MAX)));
  } catch {
    // A browser that may not remember still judges; the note can be copied from the page.
  }
}

function given(shown) {
  const pasted = field("kept").value.trim();
  return {
    text: field("text").value,
    figure: field("figure").value,
    kept: [...(pasted ? [pasted] : []), ...remembered()],
    shown,
  };
}

async function check(shown = []) {
  const own = field("shown").value.trim();
  const found = await judge(given(own ? [own, ...shown] : shown), pinned);
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
  if (found.keep) remember(found.keep);
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
