/* The wall takes fresh figures every minute; when the network is away the last ones stay. */
(() => {
  "use strict";
  const EVERY_MS = 60000;
  const parser = new DOMParser();
  const renew = async () => {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (!answer.ok || answer.redirected) return;
      const page = parser.parseFromString(await answer.text(), "text/html");
      for (const name of ["main", "header"]) {
        const fresh = page.querySelector(name);
        const old = document.querySelector(name);
        if (fresh && old && !old.contains(document.activeElement)) old.replaceWith(fresh);
      }
    } catch {
      /* no network: the time in the header tells how old the figures are */
    }
  };
  setInterval(renew, EVERY_MS);
})();
