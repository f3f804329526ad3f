/* Names of tables and columns while an own model is typed: [data-complete] holds [name, meaning]
   pairs. Ctrl+Space or two letters open the list; arrows choose, Enter or Tab takes, Escape closes.
   [data-line] and [data-column] put the cursor where the engine stopped. The page works without. */
(() => {
  "use strict";
  for (const area of document.querySelectorAll("[data-complete]")) {
    const names = JSON.parse(area.dataset.complete);
    const list = document.createElement("ul");
    list.className = "complete";
    list.id = `${area.id}-names`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "表和列的名字");
    list.hidden = true;
    area.after(list);
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", list.id);
    let chosen = 0;
    let held = [];

    const word = () => /[A-Za-z_][A-Za-z0-9_]*$/.exec(area.value.slice(0, area.selectionStart))?.[0] ?? "";
    const close = () => {
      list.hidden = true;
      area.removeAttribute("aria-activedescendant");
    };
    const mark = () => {
      [...list.children].forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
      area.setAttribute("aria-activedescendant", `${list.id}-${chosen}`);
      list.children[chosen]?.scrollIntoView({ block: "nearest" });
    };
    const take = (at) => {
      const end = area.selectionStart;
      area.setRangeText(held[at][0], end - word().length, end, "end");
      close();
      area.focus();
    };
    const open = (least) => {
      const typed = word().toLowerCase();
      held = typed.length < least ? [] : names.filter(([name]) => name.includes(typed) && name !== typed);
      held.sort((one, other) => other[0].startsWith(typed) - one[0].startsWith(typed));
      held = held.slice(0, 8);
      list.replaceChildren(...held.map(([name, meaning], at) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${at}`;
        item.setAttribute("role", "option");
        item.textContent = `${name}　${meaning}`;
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          take(at);
        });
        return item;
      }));
      chosen = 0;
      list.hidden = held.length === 0;
      if (held.length) mark(); else close();
    };

    area.addEventListener("input", () => open(2));
    area.addEventListener("blur", close);
    area.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.ctrlKey && event.key === " ") {
        event.preventDefault();
        open(0);
        return;
      }
      if (list.hidden) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        chosen = (chosen + step + held.length) % held.length;
        mark();
      } else if (event.key === "Enter" || event.key === "Tab") {
        event.preventDefault();
        take(chosen);
      } else if (event.key === "Escape") {
        close();
      }
    });

    const line = Number(area.dataset.line);
    if (line) {
      const before = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      const place = before + Math.max(Number(area.dataset.column) - 1, 0);
      area.focus();
      area.setSelectionRange(place, place);
    }
  }
})();
