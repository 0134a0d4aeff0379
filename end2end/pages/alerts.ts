import { expect, type Locator, type Page } from "@playwright/test";
import { alive } from "../support/test.js";

/** The list with its side panel. */
export class Alerts {
  constructor(readonly page: Page) {}

  async open(query = ""): Promise<void> {
    await this.page.goto(`/alerts${query}`);
    await alive(this.page);
  }

  row(title: string): Locator {
    return this.page.getByRole("row").filter({ has: this.page.getByRole("link", { name: title, exact: true }) });
  }

  /** The pill that new alerts wait behind. */
  get fresh(): Locator {
    return this.page.getByRole("button", { name: /\d+ new/ });
  }

  /** Chooses a row: its alert shows in the panel. */
  async choose(title: string): Promise<AlertPanel> {
    await this.row(title).first().getByRole("link", { name: title, exact: true }).click();
    const panel = new AlertPanel(this.page);
    await expect(panel.heading(title)).toBeVisible();
    return panel;
  }
}

/** One alert, in the panel or on its own page: the same parts. */
export class AlertPanel {
  constructor(readonly page: Page) {}

  heading(title: string): Locator {
    return this.page.getByRole("heading", { name: title, level: 2 });
  }

  get evidence(): Locator {
    return this.page.getByRole("heading", { name: "Evidence" });
  }

  get history(): Locator {
    return this.page.getByRole("heading", { name: "History" });
  }

  async close(conclusion: string): Promise<void> {
    await this.page.locator("[popovertarget=close-alert]").click();
    await this.page.locator("#close-alert").getByLabel("Conclusion").fill(conclusion);
    await this.page.getByRole("button", { name: "Close with a conclusion" }).click();
  }
}
