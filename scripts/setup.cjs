// Installs the locked dependencies when they are not there yet, so that `npm start` and `npm test` work as the
// first command on a fresh clone. CommonJS and old syntax on purpose: it runs on whatever Node npm itself runs on.
const { spawnSync } = require("node:child_process");
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const stamp = join(root, "node_modules", ".tallyman-lock");
const lock = readFileSync(join(root, "package-lock.json"), "utf8");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  console.error("Installing the locked dependencies (once) ...");
  // The npm that runs this script, whichever of several on the machine that is.
  const npm = process.env.npm_execpath;
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const options = { cwd: root, stdio: ["ignore", "ignore", "inherit"] };
  const result = npm
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
  if (result.status !== 0) {
    console.error("npm ci failed: see above. Check the network and the registry that npm is configured for.");
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}
