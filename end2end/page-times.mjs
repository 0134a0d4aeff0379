// How long pages take until they act, in Chromium with an empty cache: node page-times.mjs http://127.0.0.1:PORT
// Signs in with EVENTSEC_EMAIL and EVENTSEC_PASSWORD. Prints JSON: for each page the median of several loads.
// "Acts" means that the page is hydrated and its push stream is open (the top bar says so).
import { chromium } from "@playwright/test";

const [base, repeat = "5"] = process.argv.slice(2);
if (!base) throw new Error("usage: page-times.mjs BASE_URL [REPEAT]");
const median = (xs) => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});

const signIn = await browser.newContext();
const page = await signIn.newPage();
await page.goto(`${base}/login`);
await page.getByLabel("Email").fill(process.env.EVENTSEC_EMAIL ?? "");
await page.getByLabel("Password", { exact: true }).fill(process.env.EVENTSEC_PASSWORD ?? "");
await page.getByRole("button", { name: "Sign in" }).click();
await page.waitForURL((url) => !url.pathname.startsWith("/login"));
const state = await signIn.storageState();
await signIn.close();

const pages = {};
for (const [name, path] of [["dashboard", "/"], ["alerts", "/alerts"], ["events", "/events"]]) {
  const runs = [];
  for (let i = 0; i < Number(repeat); i++) {
    const context = await browser.newContext({ storageState: state, viewport: { width: 1440, height: 900 } });
    const tab = await context.newPage();
    const cdp = await context.newCDPSession(tab);
    await cdp.send("Network.enable");
    let bytes = 0;
    cdp.on("Network.loadingFinished", (e) => (bytes += e.encodedDataLength));
    await tab.addInitScript(() => {
      // looked at on every change: the moment counts, not when somebody asks
      new MutationObserver((_, o) => {
        if (document.querySelector(".live[data-s=on]")) {
          window.actsAt = performance.now();
          o.disconnect();
        }
      }).observe(document, { subtree: true, childList: true, attributes: true });
    });
    await tab.goto(base + path);
    await tab.waitForFunction(() => window.actsAt);
    const run = await tab.evaluate(() => {
      const nav = performance.getEntriesByType("navigation")[0];
      const paint = performance.getEntriesByName("first-contentful-paint")[0];
      return { interactive: window.actsAt, paint: paint?.startTime ?? null, html: nav.responseEnd };
    });
    runs.push({ ...run, bytes });
    await context.close();
  }
  const of = (key) => Math.round(median(runs.map((r) => r[key])));
  pages[name] = { interactive_ms: of("interactive"), first_paint_ms: of("paint"), html_ms: of("html"), kilobytes: Math.round(of("bytes") / 1000) };
}
await browser.close();
console.log(JSON.stringify({ repeat: Number(repeat), pages }));
