/* Reads the page aloud with the browser's own Chinese voice. The button stays hidden without one. */
(() => {
  const button = document.querySelector("[data-listen]");
  const voice = window.speechSynthesis;
  if (!button || !voice || !window.SpeechSynthesisUtterance) return;
  const word = button.querySelector("span");
  const rest = word.textContent;
  const said = text => text
    .replace(/(\d),(?=\d{3})/g, "$1")
    .replace(/([\u4e00-\u9fff])\*+/g, "$1某")
    .replace(/\s+/g, " ");
  const stop = () => {
    voice.cancel();
    word.textContent = rest;
    button.setAttribute("aria-pressed", "false");
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") return stop();
    const lines = document.querySelector("main").innerText.split("\n").filter(line => line.trim());
    lines.forEach((line, place) => {
      const part = new SpeechSynthesisUtterance(said(line));
      part.lang = "zh-CN";
      part.rate = 0.9;
      if (place === lines.length - 1) part.onend = stop;
      voice.speak(part);
    });
    word.textContent = "停";
    button.setAttribute("aria-pressed", "true");
  });
  addEventListener("pagehide", () => voice.cancel());
})();
