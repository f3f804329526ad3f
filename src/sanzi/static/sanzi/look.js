/* Small conveniences of the office; every page works without them.
   - [data-opens="id"] opens the dialog with that id; [data-closes] closes it
   - [data-key="B"] presses a button by key, never while typing or in a dialog
   - details[data-opens-wide] stands open where there is room for it
   - an error summary takes the focus; the offline bar follows the network
   - a form with [data-sums] adds up its [data-side] fields as they are typed
   - a form with [data-picks] adds up its checked [data-pick] boxes, side by side
   - a select of more than 30 gets a box above it: what is typed there shortens the list, and one
     that is left alone is chosen
   - after 400 ms of waiting a [data-rows] area says 正在取数 */
(() => {
  "use strict";
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(el.tagName));
  const reaches = (el) => /^(A|BUTTON|SUMMARY)$/.test(el.tagName);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (dialog) {
        event.preventDefault();
        dialog.showModal();
      }
    }
    const closer = event.target.closest("[data-closes]");
    if (closer) closer.closest("dialog").close();
    for (const menu of document.querySelectorAll("details.me[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && reaches(event.target)) return;
    const name = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const button = document.querySelector(`[data-key="${CSS.escape(name)}"]:not([disabled])`);
    if (button) {
      event.preventDefault();
      button.click();
    }
  });

  const fen = (text) => Math.round(Number(text.replace(/[,\s]/g, "").replace("\u2212", "-")) * 100) || 0;
  const yuan = (sum) => (sum / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-sums]");
    if (!form || !event.target.dataset.side) return;
    const total = (side) => [...form.querySelectorAll(`[data-side="${side}"]`)].reduce((sum, one) => sum + fen(one.value), 0);
    const [debit, credit] = [total("debit"), total("credit")];
    form.querySelector('[data-sum="debit"]').textContent = yuan(debit);
    form.querySelector('[data-sum="credit"]').textContent = yuan(credit);
    form.querySelector('[data-sum="told"]').textContent = debit === credit ? "两边一样" : `差${yuan(Math.abs(debit - credit))}元`;
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-picks]");
    if (!form || !event.target.dataset.pick) return;
    const picked = (side) => [...form.querySelectorAll(`[data-pick="${side}"]:checked`)].reduce((sum, one) => sum + Number(one.dataset.fen), 0);
    const [book, bank] = [picked("book"), picked("bank")];
    form.querySelector('[data-picked="book"]').textContent = yuan(book);
    form.querySelector('[data-picked="bank"]').textContent = yuan(bank);
    form.querySelector('[data-picked="told"]').textContent = book === bank ? "两边一样" : `差${yuan(Math.abs(book - bank))}元`;
  });

  if (matchMedia("(min-width: 760px)").matches) {
    for (const one of document.querySelectorAll("details[data-opens-wide]")) one.open = true;
  }

  const LONG = 30;
  const shorten = (select) => {
    const all = [...select.options];
    if (all.length <= LONG || select.multiple || select.dataset.shortens !== undefined) return;
    if (select.querySelector("optgroup")) return;
    select.dataset.shortens = "";
    const box = document.createElement("input");
    box.type = "search";
    box.className = "find";
    box.autocomplete = "off";
    box.placeholder = `${all.length - 1}个里找，打一两个字`;
    box.setAttribute("aria-label", `找：${select.labels[0]?.firstChild.textContent.trim() || ""}`);
    const fits = (one) => one.value && one.text.includes(box.value.trim());
    const choose = () => {
      const found = all.filter(fits);
      if (!box.value.trim() || found.length !== 1 || found[0].selected) return;
      select.value = found[0].value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    box.addEventListener("input", (event) => {
      event.stopPropagation();
      select.replaceChildren(...all.filter((one) => !one.value || one.selected || fits(one)));
    });
    box.addEventListener("change", (event) => {
      event.stopPropagation();
      choose();
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      choose();
      select.focus();
    });
    select.before(box);
  };
  const shortenIn = (area) => area.querySelectorAll("select").forEach(shorten);
  shortenIn(document);
  document.addEventListener("htmx:load", (event) => shortenIn(event.detail.elt));

  const offline = document.querySelector(".offline");
  const network = () => offline && (offline.hidden = navigator.onLine);
  addEventListener("online", network);
  addEventListener("offline", network);
  network();

  const summary = document.querySelector(".errors[tabindex]");
  if (summary) summary.focus();

  let timer = 0;
  document.addEventListener("htmx:beforeRequest", (event) => {
    const area = event.detail.target.closest("[data-rows]");
    if (!area) return;
    timer = setTimeout(() => {
      area.innerHTML = '<p class="waiting" role="status">正在取数</p>';
    }, 400);
  });
  document.addEventListener("htmx:afterRequest", () => clearTimeout(timer));
})();
