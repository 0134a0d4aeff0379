import config from "./playwright.config.js";

export default { ...config, testDir: "./shots-spec", timeout: 300_000 };
