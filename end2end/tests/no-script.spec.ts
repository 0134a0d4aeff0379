// Pages before (and without) WebAssembly: links and forms do the work.
import { SignIn } from "../pages/sign-in.js";
import { token, windows } from "../support/samples.js";
import { expect, test } from "../support/test.js";

test.use({ javaScriptEnabled: false });

// Chromium fetches what the page preloads, and reports that it may not run it
test.beforeEach(({ problems }) => problems.allow(/\/pkg\/eventsec\.js csp$/));

test("sign-in, also with a wrong password", async ({ page, server }) => {
  const signIn = new SignIn(page);
  await signIn.open("/events");
  await signIn.submit(server.email, "wrong-wrong-wrong");
  await expect(page.getByRole("alert")).toHaveText("That email and password do not match.");
  await signIn.submit(server.email, server.password);
  await expect(page).toHaveURL(/\/events$/);
  await expect(page.getByRole("button", { name: "Logout" }).first()).toBeVisible();
});

test("alerts: the list, a search in it, one alert, closing it", async ({ admin: page, api }) => {
  const mark = token("plain");
  const { id } = await api.post<{ id: number }>("/alerts", { title: `Without scripts ${mark}`, source: "test", description: "Why", category: "t", severity: "medium" });
  await page.goto("/alerts");
  await page.getByLabel("Search alerts").fill(mark);
  await page.getByLabel("Search alerts").press("Enter");
  await page.getByRole("link", { name: `Without scripts ${mark}` }).click();
  await expect(page.getByRole("heading", { name: `Without scripts ${mark}` })).toBeVisible();
  await page.getByRole("link", { name: "Open on its own page" }).first().click();
  await expect(page).toHaveURL(new RegExp(`/alerts/${id}$`));
  await page.locator("[popovertarget=close-alert]").click(); // the browser opens it
  await page.locator("#close-alert").getByLabel("Conclusion").fill("Closed without scripts");
  await page.getByRole("button", { name: "Close with a conclusion" }).click();
  await expect(page.getByText("Closed without scripts").first()).toBeVisible();
  expect(await api.get(`/alerts/${id}`)).toMatchObject({ status: "closed" });
});

test("events: a search, an event beside the list, an error in the query", async ({ admin: page, api, problems }) => {
  const mark = token("bare");
  await api.post("/events", windows(10, { mark }));
  await api.searchable(mark, 10);
  await page.goto("/events");
  await page.getByLabel("Lucene query").fill(mark);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.locator("#evt tbody tr")).toHaveCount(10);
  await page.locator("#evt tbody tr a.msg").first().click();
  await expect(page.getByRole("complementary", { name: "Event" })).toBeVisible();
  problems.allow(/400/);
  await page.getByLabel("Lucene query").fill("a:(b");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("The query cannot be read");
});
