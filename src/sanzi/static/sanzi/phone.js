/* For a phone with a poor network; every page works without it.
   - what is typed into form[data-keeps] stays in this phone until the server has it, and is put
     back when the page is opened again; files, hidden fields and private numbers are never kept
   - a form that asks for latitude and longitude takes them from the phone, by one press
   - form[data-keeps] is sent in the background: without a network it waits and goes by itself
     when there is one; a form that saves itself (hx-post) is only kept */
(() => {
  "use strict";
  const PRIVATE = /account|id_no|phone|password|^code$/;
  const KEPT_DAYS = 7;
  const keyOf = (form) => `kept:${document.body.dataset.actor || ""}:${location.pathname}:${form.id}`;
  const saves = (form) => form.hasAttribute("hx-post");

  const fields = (form) => [...form.elements].filter((one) =>
    one.name && !PRIVATE.test(one.name) && one.dataset.private === undefined
    && !["hidden", "file", "password", "submit", "button", "fieldset"].includes(one.type));
  const isBox = (one) => one.type === "checkbox" || one.type === "radio";
  const now = (one) => (isBox(one) ? one.checked : one.value);
  const values = (form) => fields(form).map((one) => [one.name, isBox(one) ? one.value : "", now(one)]);

  const keep = (form) => {
    try {
      localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values: values(form) }));
    } catch { /* a full or closed store: the page works as without it */ }
  };
  const forget = (form) => {
    try {
      localStorage.removeItem(keyOf(form));
    } catch { /* as above */ }
  };
  const kept = (form) => {
    try {
      const found = JSON.parse(localStorage.getItem(keyOf(form)) || "null");
      return found && Date.now() - found.at < KEPT_DAYS * 86400e3 ? found.values : null;
    } catch {
      return null;
    }
  };

  const say = (form, text, button) => {
    form.parentElement.querySelector(`[data-says="${form.id}"]`)?.remove();
    if (!text) return;
    const line = document.createElement("p");
    line.className = "kept";
    line.dataset.says = form.id;
    line.setAttribute("role", "status");
    line.append(text);
    if (button) line.append(" ", button);
    form.before(line);
  };
  const pressing = (words, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn small";
    button.textContent = words;
    button.addEventListener("click", act);
    return button;
  };

  const putBack = (form) => {
    const known = kept(form);
    if (!known) return;
    const left = fields(form);
    let count = 0;
    for (const [name, box, value] of known) {
      const at = left.findIndex((one) => one.name === name && (!isBox(one) || one.value === box));
      if (at < 0) continue;
      const [one] = left.splice(at, 1);
      if (now(one) === value) continue;
      if (isBox(one)) one.checked = value;
      else one.value = value;
      count += 1;
    }
    if (!count) return forget(form);
    const drop = pressing("不要了", () => {
      forget(form);
      location.reload();
    });
    say(form, `上次没交上去的字还在这部手机里，填回来${count}处。`, drop);
    if (saves(form)) {
      // After htmx has read the page, and that is when the page is whole.
      addEventListener("load", () => form.dispatchEvent(new Event("change", { bubbles: true })));
    }
  };

  const waiting = new Map();
  const send = async (form, submitter) => {
    const body = new FormData(form);
    if (submitter && submitter.name) body.append(submitter.name, submitter.value);
    const address = (submitter && submitter.getAttribute("formaction")) || form.action;
    waiting.delete(form);
    say(form, "正在交。");
    let answer;
    try {
      answer = await fetch(address, { method: "POST", body });
    } catch {
      waiting.set(form, submitter);
      const again = pressing("再交一次", () => send(form, submitter));
      return say(form, "没有网，还没交上去。字和照片都在，有网自动再交，先别关这一页。", again);
    }
    if (answer.status >= 500) {
      waiting.set(form, submitter);
      return say(form, "系统忙，还没交上去。字都在。", pressing("再交一次", () => send(form, submitter)));
    }
    forget(form);
    const page = await answer.text();
    history.replaceState(null, "", answer.url);
    document.open();
    document.write(page);
    document.close();
  };

  for (const form of document.querySelectorAll("form[data-keeps]")) {
    putBack(form);
    form.addEventListener("input", () => keep(form));
    form.addEventListener("change", () => keep(form));
    if (saves(form)) continue;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      keep(form);
      send(form, event.submitter);
    });
  }
  for (const form of document.querySelectorAll("form")) {
    const { lat, lng } = form.elements;
    if (!lat || !lng || !navigator.geolocation) continue;
    const here = pressing("带上这里的位置", () => navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        lat.value = coords.latitude.toFixed(3);
        lng.value = coords.longitude.toFixed(3);
        lng.dispatchEvent(new Event("change", { bubbles: true }));
        here.textContent = "位置带上了";
      },
      () => { here.textContent = "没有拿到位置，可以空着"; },
    ));
    lat.closest(".field").before(here);
  }
  addEventListener("online", () => {
    for (const [form, submitter] of [...waiting]) send(form, submitter);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches?.("form[data-keeps]") || !event.detail.successful) return;
    forget(form);
    say(form);
  });
})();
