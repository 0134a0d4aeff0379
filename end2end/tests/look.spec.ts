// How pages look: both themes, both widths, both languages, and whether everybody can use them.
import { accessible } from "../support/axe.js";
import { everyPage, FRAMELESS } from "../support/routes.js";
import { alive, expect, test } from "../support/test.js";

let pages: [string, string][];
test.beforeAll(async ({ api }) => {
  pages = await everyPage(api);
});

for (const scheme of ["light", "dark"] as const) {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    test(`every page, ${scheme}, ${width} px: no barrier, nothing wider than the window`, async ({ admin: page }) => {
      test.setTimeout(240_000);
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height });
      for (const [name, path] of pages) {
        await page.goto(path);
        if (!FRAMELESS.includes(path)) await alive(page);
        else await expect(page.getByRole("heading").first()).toBeVisible();
        // Swagger UI's markup is not ours
        if (!FRAMELESS.includes(path)) await accessible(page, `${name} ${scheme} ${width}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect.soft(over, `${name} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
      }
    });
  }

  test(`sign-in, ${scheme}: no barrier`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto("/login");
    await accessible(page, `sign-in ${scheme}`);
  });
}

test("the language changes everywhere and is remembered", async ({ admin: page }) => {
  await page.goto("/alerts");
  await alive(page);
  await page.getByRole("link", { name: /^ES/ }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "es");
  await expect(page.getByRole("heading", { level: 1, name: "Alertas" })).toBeVisible();
  await page.goto("/events");
  await expect(page.getByRole("button", { name: "Buscar", exact: true })).toBeVisible();
  await alive(page);
  await page.getByRole("link", { name: /^EN/ }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
});

test("every page has a heading and a title in Spanish too, without a key left untranslated", async ({ admin: page, adminContext, server }) => {
  test.setTimeout(180_000);
  await adminContext.addCookies([{ name: "lang", value: "es", url: server.url }]);
  for (const [name, path] of pages) {
    if (FRAMELESS.includes(path)) continue;
    await page.goto(path);
    await alive(page);
    const text = await page.locator("body").innerText();
    // a key that has no text would show as itself: words with dots and underscores that start like one of ours
    const keys = text.match(/\b(nav|alerts|events|rules|users|audit|profile|dead_letters|sensors|pipeline|dashboard|common|login)\.[a-z_]+(\.[a-z_]+)*\b/g) ?? [];
    const left = keys.filter((k) => !/^(events|users|alerts)\.(id|name)$/.test(k));
    expect.soft(left, name).toEqual([]);
    expect.soft(await page.title(), name).toMatch(/EventSec/);
  }
});

test("a chosen theme stays, and the first paint has it already", async ({ admin: page }) => {
  await page.goto("/alerts");
  await alive(page);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole("link", { name: "Switch theme" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const dark = await background();
  expect(dark).not.toBe(light);
  // what the server sends says it: nothing flashes before scripts run
  const html = await (await page.request.get("/alerts", { headers: { accept: "text/html" } })).text();
  expect(html).toMatch(/<html[^>]*data-theme="dark"/);
  await page.goto("/events");
  await alive(page);
  expect(await background()).toBe(dark);
  await page.getByRole("link", { name: "Switch theme" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
});
