/* A part of a page that follows what happens: [data-live="address"] is fetched again every
   [data-every] seconds while the page is looked at. The page works without it. */
(() => {
  "use strict";
  for (const part of document.querySelectorAll("[data-live]")) {
    const ask = async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(part.dataset.live, { credentials: "omit" });
        if (!answer.ok) return;
        const text = await answer.text();
        if (text.trim() !== part.dataset.last) {
          part.dataset.last = text.trim();
          part.innerHTML = text;
        }
      } catch {
        return;
      }
    };
    setInterval(ask, 1000 * Number(part.dataset.every || 3));
  }
})();
