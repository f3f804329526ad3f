// Audit addresses as a phone and write the scores: node audit.mjs RUNS ADDRESS... → JSON lines.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [runs, ...addresses] = process.argv.slice(2);
const chrome = await launch({
  chromePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
  chromeFlags: [
    "--headless=new", "--no-sandbox", "--lang=zh-CN", "--disable-gpu", "--disable-quic",
    "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  for (const address of addresses) {
    for (let run = 0; run < Number(runs); run += 1) {
      const { lhr } = await lighthouse(address, {
        port: chrome.port,
        output: "json",
        logLevel: "error",
        onlyCategories: ["performance", "accessibility"],
      });
      if (lhr.runtimeError) throw new Error(`${address}: ${lhr.runtimeError.message}`);
      const scores = Object.fromEntries(
        Object.entries(lhr.categories).map(([name, one]) => [name, Math.round(one.score * 100)]),
      );
      const weak = Object.values(lhr.categories).flatMap((one) =>
        one.auditRefs
          .filter((ref) => ref.weight > 0 && lhr.audits[ref.id].score !== null)
          .filter((ref) => lhr.audits[ref.id].score < 0.9)
          .map((ref) => ref.id),
      );
      console.log(JSON.stringify({ address, ...scores, weak }));
    }
  }
} finally {
  chrome.kill();
}
