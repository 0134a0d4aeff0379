// axe-core in the page: what it calls serious or critical.
import { expect, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  impact: string;
  help: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** Fails when anything on the page is a serious or critical barrier. */
export async function accessible(page: Page, what: string): Promise<void> {
  await page.evaluate(SOURCE);
  const violations = await page.evaluate(async () => {
    // @ts-expect-error axe came with the line above
    const result = await axe.run(document, { resultTypes: ["violations"] });
    return result.violations as unknown;
  }) as Violation[];
  const bad = violations
    .filter((v) => ["serious", "critical"].includes(v.impact))
    .map((v) => `${v.impact} ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")} (${n.failureSummary.split("\n").slice(1).join(" ").trim()})`).join("; ")}`);
  expect.soft(bad, what).toEqual([]);
}
