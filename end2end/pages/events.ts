import { expect, type Locator, type Page } from "@playwright/test";
import { alive } from "../support/test.js";

/** The explorer. */
export class Events {
  constructor(readonly page: Page) {}

  async open(query = ""): Promise<void> {
    await this.page.goto(`/events${query ? `?query=${encodeURIComponent(query)}` : ""}`);
    await alive(this.page);
  }

  get query(): Locator {
    return this.page.getByLabel("Lucene query");
  }

  async search(text: string): Promise<void> {
    await this.query.fill(text);
    await this.page.getByRole("button", { name: "Search", exact: true }).click();
  }

  get rows(): Locator {
    return this.page.locator("#evt tbody tr");
  }

  async finds(n: number): Promise<void> {
    await expect(this.page.locator(".summary")).toContainText(n === 1 ? "1 event" : `${n} events`);
  }

  get panel(): Locator {
    return this.page.getByRole("complementary", { name: "Event" });
  }
}
