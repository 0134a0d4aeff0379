import { Events } from "../pages/events.js";
import { token, windows } from "../support/samples.js";
import { alive, expect, test } from "../support/test.js";

test("a search: rows, histogram, drawer, permalink", async ({ admin: page, api }) => {
  const mark = token("find");
  await api.post("/events", windows(30, { mark }));
  await api.searchable(mark, 30);
  const events = new Events(page);
  await events.open();
  await events.search(mark);
  await events.finds(30);
  await expect(events.rows).toHaveCount(30);
  await expect(page).toHaveURL(new RegExp(`query=${mark}`));

  // the picture, and its twin for those who do not see it
  await expect(page.locator(".bars a rect").first()).toBeVisible();
  await page.locator("details.twin summary").click();
  await expect(page.getByRole("region", { name: "Events over time" }).getByRole("row")).not.toHaveCount(0);

  await events.rows.nth(2).getByRole("link").first().click();
  await expect(events.panel).toBeVisible();
  await expect(events.rows.nth(2)).toHaveAttribute("aria-current", "true");
  await events.panel.getByRole("link", { name: /As sent/ }).click();
  await expect(events.panel).toContainText(mark);
  await page.keyboard.press("j");
  await expect(events.rows.nth(3)).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("Escape");
  await expect(events.panel).toHaveCount(0);

  await events.rows.first().getByRole("link").first().click();
  await events.panel.getByRole("heading").getByRole("link").click();
  await expect(page).toHaveURL(/\/events\/\d+$/);
  const permalink = page.url();
  await page.goto("/");
  await page.goto(permalink);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("a query that cannot be read says where", async ({ admin: page, problems }) => {
  problems.allow(/400/);
  const events = new Events(page);
  await events.open();
  await events.search("host.name:(a OR");
  await expect(page.getByRole("alert")).toContainText("The query cannot be read");
  await events.search("*");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a value is a verb: filter for it, exclude it", async ({ admin: page, api }) => {
  const mark = token("pivot");
  await api.post("/events", windows(30, { mark }));
  await api.searchable(mark, 30);
  const events = new Events(page);
  await events.open(mark);
  await events.finds(30);
  await page.locator("#evt tbody tr td:last-child a.val").first().click();
  await page.getByRole("menuitem", { name: /Filter for this value/ }).click();
  await expect(page).toHaveURL(/event\.dataset|dataset/);
  await expect(events.rows).not.toHaveCount(0);
});

test("severity and time narrow the search", async ({ admin: page, api }) => {
  const mark = token("narrow");
  for (const severity of ["low", "high", "high"]) await api.post("/events", { event_type: "t", severity, details: { mark } });
  await api.searchable(mark, 3);
  const events = new Events(page);
  await events.open(mark);
  await events.finds(3);
  await page.locator("[popovertarget=events-severity]").click();
  await page.getByRole("menuitemcheckbox", { name: "High" }).click();
  await events.finds(2);
  await page.locator("[popovertarget=events-time]").click();
  await page.getByRole("menuitemradio", { name: "Last hour" }).click();
  await expect(page).toHaveURL(/last=1h/);
  await events.finds(2);
});

test("new events are offered, and rows do not move by themselves", async ({ admin: page, api }) => {
  const events = new Events(page);
  await events.open();
  await alive(page);
  await api.post("/events", { event_type: "t", severity: "low", details: { mark: token("fresh") } });
  await expect(page.getByRole("button", { name: /event.* arrived/ })).toBeVisible();
});

test("an address with an event and a field opens as it is, and closes again", async ({ admin: page, api }) => {
  const mark = token("direct");
  await api.post("/events", windows(30, { mark }));
  await api.searchable(mark, 30);
  const [{ event_id: id }] = await api.get<{ event_id: number }[]>(`/events?size=1&query=${mark}`);
  await page.goto(`/events?query=${mark}&event=${id}&field=event.dataset&view=raw`);
  await alive(page);
  const events = new Events(page);
  await events.finds(30);
  await expect(events.panel).toContainText(mark);
  await expect(page.locator(`#event-${id}`)).toHaveAttribute("aria-current", "true");
  await expect(page.locator(".top-values li")).not.toHaveCount(0);

  // narrowing keeps the panel, and its tabs keep the narrower search
  await page.locator(".top-values a.val").first().click();
  await page.getByRole("menuitem", { name: /Filter for this value/ }).click();
  await expect(page).toHaveURL(/query=[^&]*event\.dataset/);
  await events.panel.getByRole("link", { name: /^Fields/ }).click();
  await expect(page).toHaveURL(/query=[^&]*event\.dataset/);
  await expect(events.panel.locator(".event-fields dt").first()).toBeVisible();

  await page.locator("#evt").press("Escape");
  await expect(events.panel).toHaveCount(0);
  await page.goBack();
  await expect(page.locator(".top-values li")).not.toHaveCount(0);
});

test("a page with an open event can be left", async ({ admin: page, api }) => {
  const mark = token("leave");
  await api.post("/events", windows(5, { mark }));
  await api.searchable(mark, 5);
  const events = new Events(page);
  await events.open(mark);
  await events.rows.nth(1).getByRole("link").first().click();
  await events.panel.getByRole("link", { name: /As sent/ }).click();
  await expect(events.panel).toContainText(mark);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Rules" }).click();
  await expect(page).toHaveURL(/\/rules$/);
  await expect(page.getByRole("heading", { level: 1, name: "Rules" })).toBeVisible();
  await page.goBack();
  await expect(events.panel).toContainText(mark);
});
