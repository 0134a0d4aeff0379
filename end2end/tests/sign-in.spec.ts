import { ChangePassword, SignIn } from "../pages/sign-in.js";
import { alive, expect, test } from "../support/test.js";
import { token } from "../support/samples.js";

test("the contract's sign-in: labels, cookie, Logout", async ({ page, server, context }) => {
  const signIn = new SignIn(page);
  await signIn.open();
  await signIn.submit(server.email, server.password);
  await expect(page.getByRole("button", { name: "Logout" }).first()).toBeVisible();
  const cookie = (await context.cookies()).find((c) => c.name === "access_token");
  expect(cookie).toMatchObject({ httpOnly: true, path: "/", sameSite: "Lax" });
  await alive(page);

  await page.getByRole("button", { name: "Logout" }).first().click();
  await signIn.isShown();
  expect((await context.cookies()).find((c) => c.name === "access_token")?.value ?? "").toBe("");
  await page.goto("/alerts");
  await signIn.isShown(); // and is asked for again
});

test("a wrong password is one text, for known and unknown people", async ({ page, server }) => {
  const signIn = new SignIn(page);
  for (const email of [server.email, "nobody@example.org"]) {
    await signIn.open();
    await signIn.submit(email, "not-the-password");
    await expect(page.getByRole("alert")).toHaveText("That email and password do not match.");
    await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("aria-invalid", "true");
  }
});

test("sign-in leads to where one wanted to go", async ({ page, server }) => {
  await page.goto("/events?query=event.code%3A1");
  const signIn = new SignIn(page);
  await signIn.isShown();
  await signIn.submit(server.email, server.password);
  await expect(page).toHaveURL(/\/events\?query=event\.code(%3A|:)1$/);
});

test("a new person must change the password before anything else", async ({ page, api, problems }) => {
  const email = `${token("new")}@example.org`;
  const first = "the-first-password-1";
  const own = "my-own-password-22";
  await api.post("/users", { full_name: "Nora Nueva", role: "analyst", email, password: first });
  const signIn = new SignIn(page);
  await signIn.open("/alerts");
  await signIn.submit(email, first);
  await expect(page).toHaveURL(/\/change-password/);
  await expect(page.getByText("This password was given to you.")).toBeVisible();
  await page.goto("/alerts");
  await expect(page).toHaveURL(/\/change-password/);

  const change = new ChangePassword(page);
  problems.allow(/422/);
  await change.submit(first, "short");
  await expect(page.getByText("needs at least 12 characters, has 5").first()).toBeVisible();
  await change.submit(first, own);
  await page.getByRole("link", { name: "Go to the dashboard" }).click();
  await expect(page.getByRole("heading", { name: "Dashboard" })).toBeVisible();
  await page.getByRole("button", { name: "Logout" }).first().click();
  await signIn.submit(email, own);
  await expect(page.getByRole("button", { name: "Logout" }).first()).toBeVisible();
});
