// Rules: switched off and on, written with a mistake and without, tried on stored events, deleted.
import { token, windows } from "../support/samples.js";
import { alive, expect, test } from "../support/test.js";

interface Rule {
  id: number;
  name: string;
  enabled: boolean;
}

test("a rule is disabled in the list, enabled again, and the keyboard moves through the rows", async ({ admin: page, api }) => {
  const name = token("switched");
  const { id } = await api.post<Rule>("/rules/detections", { name, severity: "low", conditions: { "details.none": name } });
  await page.goto(`/rules?q=${name}`);
  await alive(page);
  const row = page.getByRole("region", { name: "Rules" }).getByRole("row").filter({ hasText: name });
  await expect(row).toHaveCount(1);
  const rule = row.getByRole("switch", { name: `Rule is on: ${name}` });
  await expect(rule).toBeChecked();
  await rule.click();
  await expect(page.getByText("Rule disabled")).toBeVisible();
  await expect(rule).not.toBeChecked();
  expect(await api.get(`/rules/detections/${id}`)).toMatchObject({ enabled: false });
  await rule.click();
  await expect(page.getByText("Rule enabled")).toBeVisible();
  await expect(rule).toBeChecked();
  expect(await api.get(`/rules/detections/${id}`)).toMatchObject({ enabled: true });

  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("j");
  const panel = page.getByRole("complementary", { name });
  await expect(panel).toContainText("All of these hold:");
  await panel.getByRole("button", { name: "Disable" }).click();
  await expect(panel.getByRole("button", { name: "Enable" })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(panel.getByRole("button", { name: "Disable" })).toBeVisible();
});

test("a rule is written with mistakes, corrected, tried on stored events, saved, and deleted", async ({ admin: page, api, problems }) => {
  const mark = token("rule");
  await api.post("/events", windows(30, { mark }));
  await api.searchable(mark, 30);

  await page.goto("/rules");
  await alive(page);
  await page.getByRole("link", { name: "New rule" }).click();
  await expect(page).toHaveURL(/\/rules\/new$/);
  const conditions = page.getByLabel("Conditions", { exact: true });
  await page.getByLabel("Name", { exact: true }).fill(`Marked ${mark}`);

  // no JSON: said while typing, with its place
  await conditions.fill(`{\n  "details.mark": \n}`);
  await expect(page.getByRole("button", { name: "Line 3" })).toBeVisible();
  // JSON, but not the language: said by the server, with its place
  problems.allow(/422|400/);
  await conditions.fill(`{\n  "details.mark": "${mark}",\n  "destination.ip": {\n    "cidr": "everywhere"\n  }\n}`);
  await page.getByRole("button", { name: "Create rule" }).click();
  await expect(page.locator("#conditions-error")).toContainText("/destination.ip/cidr");
  await page.getByRole("button", { name: "Line 4" }).click();
  await expect(conditions).toBeFocused();

  await conditions.fill(`{\n  "details.mark": "${mark}"\n}`);
  await page.getByRole("button", { name: "Test before saving" }).click();
  const trial = page.getByRole("complementary", { name: "Test against recent events" });
  await expect(trial).toContainText(/30 of [\d,]+ events match/);
  await expect(trial).toContainText(mark);
  expect((await api.get<Rule[]>("/rules/detections")).some((r) => r.name.includes(mark)), "a test saves nothing").toBe(false);

  await page.getByRole("button", { name: "Create rule" }).click();
  await expect(page).toHaveURL(/\/rules\/\d+$/);
  await expect(page.getByRole("heading", { level: 1, name: `Marked ${mark}` })).toBeVisible();

  // the saved rule is tried too, and a match leads to its event
  await page.getByRole("link", { name: "Test the rule" }).click();
  await expect(trial).toContainText(/30 of [\d,]+ events match/);

  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill(`Renamed ${mark}`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Renamed ${mark}` })).toBeVisible();

  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("dialog")).toContainText(`Delete Renamed ${mark}?`);
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL(/\/rules$/);
  expect((await api.get<Rule[]>("/rules/detections")).some((r) => r.name.includes(mark))).toBe(false);
});

test("a match of a test leads to its event", async ({ admin: page, api }) => {
  const mark = token("hit");
  await api.post("/events", windows(5, { mark }));
  await api.searchable(mark, 5);
  const { id } = await api.post<Rule>("/rules/detections", { name: `Hit ${mark}`, severity: "low", enabled: false, conditions: { "details.mark": mark } });
  await page.goto(`/rules/${id}?test=1`);
  await alive(page);
  await page.getByRole("complementary", { name: "Test against recent events" }).locator("a[href^='/events/']").first().click();
  await expect(page).toHaveURL(/\/events\/\d+/);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a rule is switched, searched for and tried", async ({ admin: page, api, problems }) => {
    // the preload of a script that a browser without scripts refuses
    problems.allow(/\/pkg\/eventsec\.js csp$/);
    const name = token("bare");
    const { id } = await api.post<Rule>("/rules/detections", { name, severity: "low", conditions: { "details.none": name } });
    await page.goto("/rules");
    await page.getByLabel("Find by name, technique or source").fill(name);
    await page.getByLabel("Find by name, technique or source").press("Enter");
    await page.getByRole("switch", { name: `Rule is on: ${name}` }).click();
    await expect(page.getByRole("switch", { name: `Rule is on: ${name}` })).not.toBeChecked();
    expect(await api.get(`/rules/detections/${id}`)).toMatchObject({ enabled: false });
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("complementary", { name }).getByRole("link", { name: "Open", exact: true }).click();
    await page.getByRole("link", { name: "Test the rule" }).click();
    await expect(page.getByRole("complementary", { name: "Test against recent events" })).toContainText(/0 of [\d,]+ events match|no events to test/);
  });
});
