// The test of all specs: a server for the whole run, a watched page, an API client, a browser that is signed in.
import { type BrowserContext, type Page, test as base, expect } from "@playwright/test";
import { Api } from "./api.js";
import { Problems } from "./problems.js";
import { type Running, start } from "./server.js";

interface Fixtures {
  problems: Problems;
  /** A page of the administrator. */
  admin: Page;
  /** What the administrator's pages are made of: another one of the same person. */
  adminContext: BrowserContext;
}

interface Shared {
  server: Running;
  api: Api;
  adminState: Awaited<ReturnType<BrowserContext["storageState"]>>;
}

export const test = base.extend<Fixtures, Shared>({
  server: [async ({}, use) => {
    const server = await start();
    await use(server);
    await server.stop();
  }, { scope: "worker", timeout: 120_000 }],

  api: [async ({ server, playwright }, use) => {
    const request = await playwright.request.newContext();
    await use(await Api.signIn(request, server.url, server.email, server.password));
    await request.dispose();
  }, { scope: "worker" }],

  // one sign-in for all tests: signing in is slow on purpose
  adminState: [async ({ server, playwright }, use) => {
    const request = await playwright.request.newContext({ extraHTTPHeaders: { origin: server.url } });
    const reply = await request.post(`${server.url}/login`, { form: { email: server.email, password: server.password }, maxRedirects: 0 });
    expect(reply.status(), await reply.text()).toBe(303);
    await use(await request.storageState());
    await request.dispose();
  }, { scope: "worker" }],

  baseURL: async ({ server }, use) => use(server.url),

  problems: async ({}, use) => {
    const problems = new Problems();
    await use(problems);
    expect(problems.left(), "the browser complains about nothing").toEqual([]);
  },

  page: async ({ page, problems }, use) => {
    problems.watch(page);
    await use(page);
  },

  adminContext: async ({ browser, adminState, problems, baseURL, viewport, locale, timezoneId, colorScheme, javaScriptEnabled }, use) => {
    const context = await browser.newContext({ storageState: adminState, baseURL, viewport, locale, timezoneId, colorScheme, javaScriptEnabled });
    context.on("page", (p) => problems.watch(p));
    await use(context);
    await context.close();
  },

  admin: async ({ adminContext }, use) => use(await adminContext.newPage()),
});

export { expect };

/** Waits until the page is alive: a click before that may be lost. */
export async function alive(page: Page): Promise<void> {
  await expect(page.locator(".live")).toHaveAttribute("data-s", "on");
}
