import { expect, type Page } from "@playwright/test";

/** The contract's labels: Email, Password, Sign in. */
export class SignIn {
  constructor(readonly page: Page) {}

  async open(next?: string): Promise<void> {
    await this.page.goto(next ? `/login?next=${encodeURIComponent(next)}` : "/login");
  }

  async submit(email: string, password: string): Promise<void> {
    await this.page.getByLabel("Email").fill(email);
    await this.page.getByLabel("Password", { exact: true }).fill(password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
  }

  async isShown(): Promise<void> {
    await expect(this.page.getByRole("button", { name: "Sign in" })).toBeVisible();
  }
}

/** The page that a first sign-in leads to. */
export class ChangePassword {
  constructor(readonly page: Page) {}

  async submit(current: string, next: string, again = next): Promise<void> {
    await this.page.getByLabel("Current password").fill(current);
    await this.page.getByLabel("New password", { exact: true }).fill(next);
    await this.page.getByLabel("New password again").fill(again);
    await this.page.getByRole("button", { name: "Change password" }).click();
  }
}
