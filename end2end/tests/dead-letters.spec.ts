import { token } from "../support/samples.js";
import { alive, expect, test } from "../support/test.js";

test("refused events are kept, replayed in vain, and deleted", async ({ admin: page, api }) => {
  const mark = token("bad");
  const receipt = await api.post<{ accepted: number; rejected: number }>("/events", [
    { event_type: "fine", severity: "low", details: { mark } },
    { event_type: "bad", severity: "dire", details: { mark } },
    { event_type: "worse", severity: 7, details: { mark } },
  ]);
  expect(receipt).toMatchObject({ accepted: 1, rejected: 2 });
  await page.goto("/dead-letters");
  await alive(page);
  const rows = page.getByRole("region", { name: "Dead letters" }).locator("tbody tr");
  await expect(rows).toHaveCount(2);
  await rows.first().getByRole("link").first().click();
  await expect(page.getByText(mark)).toBeVisible();
  await expect(page.getByText("/severity").first()).toBeVisible();

  await page.getByLabel("Select the whole page").check();
  await page.getByRole("button", { name: "Replay", exact: true }).first().click();
  await expect(page.getByText("2 refused again")).toBeVisible();
  await page.getByLabel("Select the whole page").check();
  await page.getByRole("button", { name: "Delete", exact: true }).first().click();
  await expect(page.getByRole("dialog")).toContainText("Delete 2 dead letters?");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("2 dead letters deleted")).toBeVisible();
  await expect(page.getByText("Nothing was refused")).toBeVisible();
});
