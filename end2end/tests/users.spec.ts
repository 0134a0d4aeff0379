import { SignIn } from "../pages/sign-in.js";
import { token } from "../support/samples.js";
import { alive, expect, test } from "../support/test.js";

test("a person is created, disabled and enabled; a taken address is refused", async ({ admin: page, browser, server, problems }) => {
  const email = `${token("person")}@example.org`;
  const password = "her-first-password-9";
  await page.goto("/users");
  await alive(page);
  await page.getByRole("link", { name: "New user" }).click();
  await expect(page).toHaveURL(/\/users\/new/);
  const fill = async () => {
    await page.getByLabel("Full name").fill("Berta Prueba");
    await page.getByLabel("Email", { exact: true }).fill(email);
    await page.getByLabel("First password").fill(password);
    await page.getByRole("button", { name: "Create user" }).click();
  };
  await fill();
  await expect(page.getByText("User created")).toBeVisible();
  await expect(page).toHaveURL(/\/users\/\d+/);
  await expect(page.getByRole("row").filter({ hasText: email })).toContainText("new password due");

  await page.getByRole("button", { name: "Disable" }).click();
  await expect(page.getByRole("row").filter({ hasText: email })).toContainText("disabled");
  const context = await browser.newContext({ baseURL: server.url });
  const other = new SignIn(await context.newPage());
  await other.open();
  await other.submit(email, password);
  await expect(other.page.getByRole("alert")).toBeVisible();
  await page.getByRole("button", { name: "Enable" }).click();
  await expect(page.getByRole("row").filter({ hasText: email })).not.toContainText("disabled");
  await other.submit(email, password);
  await expect(other.page).toHaveURL(/\/change-password/);
  await context.close();

  problems.allow(/400|422/);
  await page.goto("/users/new");
  await alive(page);
  await fill();
  await expect(page.getByText("is in use").first()).toBeVisible();
});

test("who may not manage users sees no forms, and who may not see the audit trail finds no link to it", async ({ page, api, server, problems }) => {
  problems.allow(/403/); // the last page of this test
  const email = `${token("analyst")}@example.org`;
  const { id } = await api.post<{ id: number }>("/users", { full_name: "Carla Analista", role: "analyst", email, password: "first-of-carla-123" });
  const signIn = new SignIn(page);
  await signIn.open();
  await signIn.submit(email, "first-of-carla-123");
  await page.getByLabel("Current password").fill("first-of-carla-123");
  await page.getByLabel("New password", { exact: true }).fill("second-of-carla-456");
  await page.getByLabel("New password again").fill("second-of-carla-456");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByRole("link", { name: "Go to the dashboard" }).click();
  const nav = page.getByRole("navigation", { name: "Main" });
  await expect(nav.getByRole("link", { name: "Alerts" }).first()).toBeVisible();
  await expect(nav.getByRole("link", { name: "Audit" })).toHaveCount(0);
  await page.goto(`/users/${id}`);
  await expect(page.getByRole("button", { name: "Disable" })).toHaveCount(0);
  expect(server.url).toBeTruthy();
});
