import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { populateMany } from "../../src/demo/engine/populate.ts";
import { startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { eventuallyPasses } from "../support/eventually.ts";
import { type Agent, startAgent } from "./harness/agent.ts";
import { type LookedAt, startBrowser } from "./harness/browser.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { freePort } from "./harness/free-port.ts";
import { setUp } from "./harness/set-up.ts";

const HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'";
const { browser, engine, own } = await setUp(async (own) => ({
  browser: own(await startBrowser()),
  engine: own(await startDockerEngine()),
}));

test("a browser shows a real engine's containers, live: what they do, what comes and what goes", async (t) => {
  await engine.docker(
    "run",
    "-d",
    "--name",
    "busy",
    "-m",
    "64m",
    "--cpus",
    "0.2",
    "bb",
    "sh",
    "-c",
    "while :; do :; done",
  );
  await engine.docker("run", "-d", "--name", "done", "bb", "sh", "-c", "exit 3");
  const { url } = await startWith(t, engine.address);
  const { page, names, troubles } = await browser.open(url);
  await eventuallyPasses(async () => assert.deepEqual((await names()).sort(), ["busy", "done"]), { withinMs: 20_000 });
  const cell = (name: string, column: string) =>
    page.locator("tr", { hasText: name }).locator(`td.${column}`).textContent();
  await eventuallyPasses(async () => assert.match((await cell("busy", "cpu")) ?? "", /^\d+(\.\d)? %of 20\.0 %$/), {
    withinMs: 30_000,
  });
  assert.match((await cell("busy", "memory")) ?? "", /^\d+(\.\d)? [KM]?i?B of 64\.0 MiB$/);
  assert.match((await cell("done", "status")) ?? "", /^exitedexit code 3$/);
  assert.equal(await cell("done", "cpu"), "");

  await engine.docker("run", "-d", "--name", "later", "bb", "sleep", "3600");
  await eventuallyPasses(async () => assert.ok((await names()).includes("later")), { withinMs: 30_000 });
  await engine.docker("rm", "-f", "later");
  await eventuallyPasses(async () => assert.ok(!(await names()).includes("later")), { withinMs: 30_000 });

  await page.getByRole("link", { name: "busy" }).click();
  await page.locator(".charts canvas").first().waitFor();
  assert.equal(await page.locator(".charts canvas").count(), 4);
  await shot(page, "container");
  assert.deepEqual(troubles, []);
});

test("a thousand containers, hostile names and labels among them: text is text, and only what is seen is drawn", async (t) => {
  const simulated = await startSimulatedEngine();
  t.after(() => simulated.close());
  populateMany(simulated, 1_000);
  simulated.containers.run({ name: HOSTILE, image: HOSTILE, labels: { [HOSTILE]: HOSTILE } });
  const { url } = await startWith(t, simulated.address);
  const { page, names, troubles } = await browser.open(url, { colorScheme: "dark" });
  const filter = page.getByRole("searchbox");
  await eventuallyPasses(
    async () => assert.match((await page.locator("output").textContent()) ?? "", /^1001 containers$/),
    {
      withinMs: 30_000,
    },
  );
  assert.ok((await page.locator("tbody tr").count()) < 200);
  await page.evaluate("scrollTo(0, document.body.scrollHeight)");
  await eventuallyPasses(async () => assert.ok((await names()).length > 5), { withinMs: 10_000 });
  await page.evaluate("scrollTo(0, 0)");
  await shot(page, "thousand-dark");

  // From the keyboard alone: to the filter, what is filtered for, its link, the container's own view, and back.
  await page.keyboard.press("/");
  await page.keyboard.type("<img");
  await eventuallyPasses(async () => assert.deepEqual(await names(), [HOSTILE]), { withinMs: 10_000 });
  assert.match((await page.locator("output").textContent()) ?? "", /^1 of 1001 containers$/);
  await page.getByRole("link", { name: HOSTILE }).focus();
  await page.keyboard.press("Enter");
  await page.locator("h2").waitFor();
  assert.ok(((await page.locator("h2").textContent()) ?? "").startsWith(HOSTILE));
  await page.goBack();
  await filter.fill("");

  await page.getByRole("button", { name: "Container", exact: true }).click();
  await eventuallyPasses(
    async () => {
      const shown = (await names()).slice(0, 20);
      assert.deepEqual(
        shown,
        shown.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)),
      );
    },
    { withinMs: 10_000 },
  );
  assert.equal(await page.locator("th.name").getAttribute("aria-sort"), "ascending");
  assert.deepEqual(troubles, []);
});

test("an engine that goes away leaves no container on the page, which says so; an agent that goes away, too", async (t) => {
  const simulated = await startSimulatedEngine();
  t.after(() => simulated.close());
  simulated.containers.run({ name: "web" });
  const { url, agent } = await startWith(t, simulated.address);
  const { page, names } = await browser.open(url, { viewport: { width: 390, height: 844 } });
  await eventuallyPasses(async () => assert.deepEqual(await names(), ["web"]), { withinMs: 20_000 });
  await shot(page, "phone");
  await simulated.down();
  const enginePart = page.locator(".parts li", { hasText: "engine" });
  await eventuallyPasses(async () => assert.match((await enginePart.textContent()) ?? "", /failing/), {
    withinMs: 30_000,
  });
  await eventuallyPasses(async () => assert.deepEqual(await names(), []), { withinMs: 30_000 });
  await simulated.up();
  await eventuallyPasses(async () => assert.deepEqual(await names(), ["web"]), { withinMs: 30_000 });
  await agent.end();
  await page.getByText("the agent does not answer").waitFor({ timeout: 20_000 });
});

async function startWith(
  t: { after(end: () => unknown): void },
  address: string,
): Promise<{ url: string; agent: Agent }> {
  const port = await freePort();
  const agent = own(
    startAgent({
      TALLYMAN_ENGINE_ADDRESS: address,
      TALLYMAN_OTLP_ENABLED: "false",
      TALLYMAN_HTTP_LISTEN: `127.0.0.1:${port}`,
    }),
  );
  t.after(() => agent.end());
  const url = `http://127.0.0.1:${port}/`;
  await eventuallyPasses(async () => (await fetch(`${url}healthz`)).ok, { withinMs: 20_000 });
  return { url, agent };
}

/** For a person to look at: TALLYMAN_E2E_SHOTS says where. */
async function shot(page: LookedAt["page"], name: string) {
  const folder = process.env.TALLYMAN_E2E_SHOTS;
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}
