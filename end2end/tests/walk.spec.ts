// The story of the README: real telemetry in, alerts without reloading, one closed with a conclusion, found in the audit trail.
import { Alerts, AlertPanel } from "../pages/alerts.js";
import { eve, token, windows } from "../support/samples.js";
import { alive, expect, test } from "../support/test.js";

test("a Suricata file and a Windows log become alerts before one's eyes; one is closed and audited", async ({ admin: page, api }) => {
  const mark = token("walk");
  const titles = { network: `Java class was fetched ${mark}`, windows: `Marked Windows event ${mark}` };
  const rule = (name: string, conditions: object) => api.post("/rules/detections", { name, severity: "high", window_minutes: 60, conditions });
  await rule(titles.network, { dataset: "suricata.alert", "details.sensor_name": mark });
  await rule(titles.windows, { "details.walk": mark });

  const alerts = new Alerts(page);
  await alerts.open();
  const before = await page.evaluate(() => performance.timeOrigin);
  const network = await api.post<{ accepted: number; rejected: number }>("/ingest/network/bulk", eve("log4shell-jndi-reference", mark));
  expect(network).toMatchObject({ accepted: 12, rejected: 0 });
  const receipt = await api.post<{ accepted: number; rejected: number }>("/events", windows(40, { walk: mark }));
  expect(receipt).toMatchObject({ accepted: 40, rejected: 0 });

  // new alerts wait behind a pill, so that rows do not move under the cursor
  await expect(alerts.fresh).toBeVisible();
  await expect(async () => {
    if (await alerts.fresh.isVisible()) await alerts.fresh.click();
    await expect(alerts.row(titles.network).first()).toBeVisible({ timeout: 1000 });
    await expect(alerts.row(titles.windows).first()).toBeVisible({ timeout: 1000 });
  }).toPass();
  expect(await page.evaluate(() => performance.timeOrigin), "the page was not loaded again").toBe(before);

  const panel = await alerts.choose(titles.windows);
  await expect(panel.evidence).toBeVisible();
  await page.getByRole("link", { name: "Open on its own page" }).first().click();
  await expect(page).toHaveURL(/\/alerts\/\d+$/);
  const id = Number(new URL(page.url()).pathname.split("/").pop());
  const detail = new AlertPanel(page);
  await expect(detail.heading(titles.windows)).toBeVisible();
  await detail.close("Planned exercise of the blue team");
  await expect(page.getByRole("status").getByText("1 alert closed")).toBeVisible();
  await expect(page.getByText("Planned exercise of the blue team").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Reopen" })).toBeVisible();
  expect(await api.get(`/alerts/${id}`)).toMatchObject({ status: "closed", conclusion: "Planned exercise of the blue team" });

  await page.goto(`/audit?target_type=alert&target_id=${id}`);
  await alive(page);
  const row = page.getByRole("row").filter({ hasText: "closed an alert" });
  await expect(row).toHaveCount(1);
  await row.getByRole("link", { name: /Open entry/ }).click();
  await expect(page.getByText("Planned exercise of the blue team")).toBeVisible();
  await page.goto("/audit?verify=1");
  await expect(page.getByRole("main")).toContainText(/whole|intact|unbroken/i);
});

test("undo puts a closed alert back, and closing asks for a conclusion", async ({ admin: page, api }) => {
  const mark = token("undo");
  const { id } = await api.post<{ id: number }>("/alerts", { title: `Undo me ${mark}`, source: "test", description: "", category: "test", severity: "low" });
  await page.goto(`/alerts/${id}`);
  await alive(page);
  const panel = new AlertPanel(page);
  await page.locator("[popovertarget=close-alert]").click();
  await page.getByRole("button", { name: "Close with a conclusion" }).click();
  await expect(page.locator("#close-alert textarea:invalid")).toBeVisible();
  await page.keyboard.press("Escape");
  await panel.close("Noise");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("button", { name: "Assign to me" })).toBeVisible();
  expect(await api.get(`/alerts/${id}`)).toMatchObject({ status: "open" });
});

test("the keyboard alone: j, Enter, a, e", async ({ admin: page, api }) => {
  const mark = token("keys");
  await api.post("/alerts", { title: `By keys ${mark}`, source: "test", description: "", category: "test", severity: "low" });
  const alerts = new Alerts(page);
  await alerts.open(`?text=${mark}`);
  await expect(alerts.row(`By keys ${mark}`)).toHaveCount(1);
  await page.keyboard.press("j");
  await expect(new AlertPanel(page).heading(`By keys ${mark}`)).toBeVisible();
  await page.keyboard.press("a");
  await expect(page.getByText("1 alert assigned to you")).toBeVisible();
  await page.keyboard.press("e");
  await page.locator("#close-alert").getByLabel("Conclusion").fill("Seen by keys");
  await page.getByRole("button", { name: "Close with a conclusion" }).click();
  await expect(page.getByText("1 alert closed")).toBeVisible();
});
