import { eve, token } from "../support/samples.js";
import { alive, expect, test } from "../support/test.js";

type Counts = { received: number; stored: number; rejected: number; refused: number };
type View = { total: Counts; sources: (Counts & { id: string; name: string })[] };

for (const [lang, words] of [
  ["en", { title: "Pipeline", sources: "Sources", day: "24 h", gaps: "Gaps", stored: "Stored", table: "Table" }],
  ["es", { title: "Canalización", sources: "Orígenes", day: "24 h", gaps: "Huecos", stored: "Guardados", table: "Tabla" }],
] as const) {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    test(`what arrives is shown and adds up, ${lang}, ${width} px`, async ({ admin: page, adminContext, api, server }) => {
      await adminContext.addCookies([{ name: "lang", value: lang, url: server.url }]);
      await page.setViewportSize({ width, height });
      const sensor = token("edge");
      const batch = eve("rubeus-asktgt-ptt", sensor);
      const good = (batch.events as unknown[]).length;
      await api.post("/ingest/network/bulk", { ...batch, events: [...(batch.events as unknown[]), { event_type: "dns" }] });
      const view = await api.get<View>("/pipeline");
      const source = view.sources.find((s) => s.name === sensor)!;
      expect(source).toMatchObject({ received: good + 1, stored: good, rejected: 1, refused: 0 });
      expect(view.total.received).toBe(view.total.stored + view.total.rejected + view.total.refused);

      await page.goto("/pipeline?last=15m");
      await alive(page);
      await expect(page.getByRole("heading", { level: 1, name: words.title })).toBeVisible();
      const table = page.getByRole("table", { name: words.sources });
      const row = table.getByRole("row").filter({ hasText: sensor });
      await expect(row.locator("td").nth(3)).toHaveText(String(good + 1));
      await expect(row.getByRole("link", { name: "1", exact: true })).toHaveAttribute("href", `/dead-letters?source=suricata&sensor=${sensor}`);

      // its minutes, drawn and as a table
      await row.getByRole("link", { name: sensor }).click();
      await expect(page).toHaveURL(new RegExp(`source=suricata%3A${sensor}`));
      const figure = page.locator("figure").filter({ hasText: sensor });
      await expect(figure.locator("canvas")).toBeVisible();
      await figure.getByRole("button", { name: words.table }).click();
      const minutes = figure.locator("tbody tr");
      await expect(minutes).toHaveCount(15);
      await expect(figure.getByRole("columnheader", { name: words.stored })).toBeVisible();
      const drawn = await minutes.locator("td:last-child").allTextContents();
      expect(drawn.map(Number).reduce((a, b) => a + b, 0)).toBe(good + 1);

      // more of it arrives while somebody looks, and the time is chosen by a link
      await api.post("/events", { event_type: "t", severity: "low", details: { mark: token("more") } });
      await page.getByRole("link", { name: words.day, exact: true }).click();
      await expect(page).toHaveURL(/last=24h/);
      await expect(minutes).toHaveCount(24);
      await expect(page.getByRole("heading", { name: words.gaps })).toBeVisible();
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(over, "scrolls sideways").toBeLessThanOrEqual(0);
    });
  }
}

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  // Chromium fetches what the page preloads, and reports that it may not run it
  test.beforeEach(({ problems }) => problems.allow(/\/pkg\/eventsec\.js csp$/));

  test("sources are chosen and times changed by links", async ({ admin: page, api }) => {
    const sensor = token("plain");
    await api.post("/ingest/network/bulk", eve("rubeus-asktgt-ptt", sensor));
    await page.goto("/pipeline");
    await page.getByRole("link", { name: "15 min", exact: true }).click();
    await expect(page).toHaveURL(/last=15m/);
    await page.getByRole("link", { name: sensor }).click();
    await expect(page.locator("figure").filter({ hasText: sensor }).locator("tbody tr")).toHaveCount(15);
  });
});
