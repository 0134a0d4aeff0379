// Real records, from the sample that the project carries in demo/, moved to the present.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./server.js";

type Json = Record<string, unknown>;

function lines(name: string): Json[] {
  return readFileSync(join(ROOT, "demo", name), "utf8").trim().split("\n").map((l) => JSON.parse(l));
}

/** A request of the contract's bulk route with a whole EVE file. */
export function eve(name: string, sensor: string): Json {
  const now = Date.now();
  const events = lines(`eve-${name}.jsonl`).map((e, i) => ({ ...e, timestamp: new Date(now - 60_000 + i).toISOString().replace("Z", "000+0000") }));
  return { source: "suricata", sensor: { name: sensor, kind: "suricata" }, meta: { file: "eve.json" }, events };
}

/** Windows events, one a line, with one more field. */
export function windows(n: number, extra: Json = {}): string {
  const now = Date.now();
  const events = lines("windows.jsonl").slice(0, n);
  return events.map((e, i) => JSON.stringify({ ...e, "@timestamp": new Date(now - 60_000 + i).toISOString(), ...extra })).join("\n");
}

/** A word that no other test uses. */
export function token(prefix: string): string {
  return `${prefix}${Date.now().toString(36)}${Math.floor(Math.random() * 1e6).toString(36)}`;
}
