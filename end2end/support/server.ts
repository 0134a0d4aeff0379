// The program under test: started on a free port with an empty data folder, stopped by its own process id.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");

export interface Running {
  url: string;
  email: string;
  password: string;
  stop(): Promise<void>;
}

function program(): string {
  const candidates = [process.env.EVENTSEC_BIN, join(TARGET, "debug/eventsec"), join(TARGET, "release/eventsec")];
  const found = candidates.find((p) => p && existsSync(p));
  if (!found) throw new Error(`the program is not built; looked for ${candidates.filter(Boolean).join(", ")}`);
  return found;
}

/** Starts the program, or takes the one that BASE_URL names (with E2E_ADMIN_EMAIL and E2E_ADMIN_PASSWORD). */
export async function start(): Promise<Running> {
  const email = process.env.E2E_ADMIN_EMAIL ?? "admin@example.org";
  const password = process.env.E2E_ADMIN_PASSWORD ?? "Correct-horse-9-battery";
  if (process.env.BASE_URL) return { url: process.env.BASE_URL.replace(/\/$/, ""), email, password, stop: async () => {} };

  const data = mkdtempSync(join(tmpdir(), "eventsec-e2e-"));
  const ours = Object.entries(process.env).filter(([name]) => !name.startsWith("EVENTSEC_") && name !== "DATABASE_URL");
  const child = spawn(program(), ["serve", "--listen", "127.0.0.1:0", "--data", join(data, "data")], {
    env: {
      ...Object.fromEntries(ours),
      EVENTSEC_ADMIN_EMAIL: email,
      EVENTSEC_ADMIN_PASSWORD: password,
      EVENTSEC_SITE_ROOT: process.env.EVENTSEC_SITE_ROOT ?? join(TARGET, "site"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => log.push(line));
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the program ended with ${code}:\n${log.join("\n")}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const address = /^listening on (http\S+)/.exec(line);
      if (address) resolve(address[1]);
      log.push(line);
    });
  });
  return { url, email, password, stop: () => stop(child, data) };
}

async function stop(child: ChildProcess, data: string): Promise<void> {
  if (child.exitCode === null) {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 25_000);
    await gone;
    clearTimeout(late);
  }
  rmSync(data, { recursive: true, force: true });
}
