// The alert list at work: many at once, undone later, by keyboard, beside colleagues.
import { Alerts, AlertPanel } from "../pages/alerts.js";
import type { Api } from "../support/api.js";
import { token } from "../support/samples.js";
import { alive, expect, test } from "../support/test.js";

async function raise(api: Api, title: string): Promise<number> {
  const { id } = await api.post<{ id: number }>("/alerts", { title, source: "test", description: "", category: "test", severity: "low" });
  return id;
}

test("an action is undone from another page", async ({ admin: page, api }) => {
  const mark = token("later");
  const id = await raise(api, `Undone later ${mark}`);
  const alerts = new Alerts(page);
  await alerts.open(`?text=${mark}`);
  await alerts.choose(`Undone later ${mark}`);
  await page.keyboard.press("a");
  await expect(page.getByText("1 alert assigned to you")).toBeVisible();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Events", exact: true }).click();
  await expect(page).toHaveURL(/\/events/);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("1 alert put back")).toBeVisible();
  expect(await api.get(`/alerts/${id}`)).toMatchObject({ status: "open" });
});

test("all of many closed alerts look closed, and the focus stays in the list", async ({ admin: page, api }) => {
  const mark = token("many");
  for (let i = 0; i < 25; i++) await raise(api, `One of many ${i} ${mark}`);
  const alerts = new Alerts(page);
  await alerts.open(`?text=${mark}`);
  await page.getByLabel("Select all on this page").check();
  await expect(page.getByText("25 selected")).toBeVisible();
  await page.locator(".bulk").getByRole("button", { name: "Close" }).click();
  const dialog = page.locator("#close-alerts");
  await dialog.getByLabel("Conclusion").fill("All of them");
  await dialog.locator("button.primary").click();
  await expect(page.getByText("25 alerts closed")).toBeVisible();
  await expect(page.locator(".alerts .lrow[data-done]")).toHaveCount(25);
});

test("taking does not open a closed alert again", async ({ admin: page, api }) => {
  const id = await raise(api, `Closed ${token("closed")}`);
  await page.goto(`/alerts/${id}`);
  await alive(page);
  await new AlertPanel(page).close("Done with it");
  await expect(page.getByRole("button", { name: "Reopen" })).toBeVisible();
  await page.keyboard.press("a");
  await expect(page.getByText("Already closed")).toBeVisible();
  expect(await api.get(`/alerts/${id}`)).toMatchObject({ status: "closed" });
});

test("after closing in the panel the next row has the focus", async ({ admin: page, api }) => {
  const mark = token("next");
  const next = await raise(api, `Second ${mark}`);
  await raise(api, `First ${mark}`);
  const alerts = new Alerts(page);
  await alerts.open(`?text=${mark}`);
  const panel = await alerts.choose(`First ${mark}`);
  await panel.close("Seen");
  await expect(page.locator(`#alert-${next}`)).toBeFocused();
});

test("Enter opens an alert's own page, and Back leads to the list", async ({ admin: page, api }) => {
  const mark = token("back");
  const id = await raise(api, `There and back ${mark}`);
  const alerts = new Alerts(page);
  await alerts.open(`?text=${mark}`);
  await page.keyboard.press("j");
  await expect(page).toHaveURL(new RegExp(`selected=${id}`));
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/alerts/${id}$`));
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(`/alerts\\?.*selected=${id}`));
  await expect(alerts.row(`There and back ${mark}`)).toHaveCount(1);
});

test("whoever searches can go on typing", async ({ admin: page }) => {
  await new Alerts(page).open();
  const box = page.getByLabel("Search alerts");
  await box.fill("nothing like this");
  await box.press("Enter");
  await expect(page).toHaveURL(/text=nothing/);
  await expect(page.getByText("No alert matches")).toBeVisible();
  await expect(box).toBeFocused();
  await expect(box).toHaveValue("nothing like this");
});

test("a colleague's deletion takes the row away, and its selection with it", async ({ admin: page, adminContext, api, problems }) => {
  problems.allow(/404/); // whoever still lists it asks what became of it
  const mark = token("gone");
  await raise(api, `Stays ${mark}`);
  const id = await raise(api, `Goes ${mark}`);
  const alerts = new Alerts(page);
  await alerts.open(`?text=${mark}`);
  await page.getByLabel("Select all on this page").check();
  const other = await adminContext.newPage();
  await other.goto(`/alerts/${id}`);
  await alive(other);
  await other.getByRole("button", { name: "More actions" }).click();
  await other.getByRole("menuitem", { name: "Delete alert" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "Delete alert" }).click();
  await expect(other).toHaveURL(/\/alerts$/);
  await expect(alerts.row(`Goes ${mark}`)).toHaveCount(0);
  await expect(page.getByText("1 selected")).toBeVisible();
  await page.keyboard.press("a");
  await expect(page.getByText("1 alert assigned to you")).toBeVisible();
});
