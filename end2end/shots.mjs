// Pictures of every page, for looking at: node end2end/shots.mjs [FOLDER]   (default: end2end/shots)
// Uses the server that BASE_URL names (E2E_ADMIN_EMAIL, E2E_ADMIN_PASSWORD), else runs through Playwright, which starts one.
import { spawnSync } from "node:child_process";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.argv[2] ?? `${here}/shots`);
const run = spawnSync("npx", ["--no-install", "playwright", "test", "--config", "shots.config.ts"], { cwd: here, stdio: "inherit", env: { ...process.env, SHOTS: folder } });
console.log(`pictures in ${folder}`);
process.exit(run.status ?? 1);
