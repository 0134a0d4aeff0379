import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { everyPage, FRAMELESS } from "../support/routes.js";
import { alive, expect, test } from "../support/test.js";

const FOLDER = process.env.SHOTS ?? "shots";

for (const scheme of ["light", "dark"] as const) {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    test(`${scheme} ${width}`, async ({ admin: page, page: anonymous, api }) => {
      mkdirSync(FOLDER, { recursive: true });
      const shot = (name: string) => ({ path: join(FOLDER, `${name}-${scheme}-${width}.png`) });
      for (const p of [page, anonymous]) {
        await p.emulateMedia({ colorScheme: scheme });
        await p.setViewportSize({ width, height });
      }
      await anonymous.goto("/login");
      await anonymous.screenshot(shot("login"));
      await page.goto("/change-password");
      await page.screenshot(shot("change-password"));
      for (const [name, path] of await everyPage(api)) {
        await page.goto(path);
        if (!FRAMELESS.includes(path)) await alive(page);
        await page.evaluate(() => document.fonts.ready);
        await expect(page.locator(".skel")).toHaveCount(0);
        await page.screenshot(shot(name));
      }
    });
  }
}
