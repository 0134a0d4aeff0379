// Everything that a browser complains about: console errors and warnings, exceptions, failed requests, answers of 400 and above.
import type { Page } from "@playwright/test";

export class Problems {
  private readonly seen: string[] = [];
  private readonly allowed: RegExp[] = [];

  watch(page: Page): void {
    page.on("console", (m) => {
      if (["error", "warning"].includes(m.type())) this.seen.push(`console ${m.type()}: ${m.text()} (${m.location().url})`);
    });
    page.on("pageerror", (e) => this.seen.push(`exception: ${e.message}`));
    page.on("requestfailed", (r) => {
      // a page that is left takes its running requests with it
      if (r.failure()?.errorText !== "net::ERR_ABORTED") this.seen.push(`failed: ${r.method()} ${r.url()} ${r.failure()?.errorText}`);
    });
    page.on("response", (r) => {
      if (r.status() >= 400) this.seen.push(`${r.status()}: ${r.request().method()} ${r.url()}`);
    });
  }

  /** A refusal that the test provokes. */
  allow(what: RegExp): void {
    this.allowed.push(what);
  }

  left(): string[] {
    return this.seen.filter((p) => !this.allowed.some((a) => a.test(p)));
  }
}
