// Opens every page of the site from disk in headless Chromium, as a reader without network would: nothing may be asked of any host, every picture,
// equation and player must be there. Leaves build/site-check/NAME.png. Needs chromium (CHROMIUM=path of another one).
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { browserFlags } from "./browser.mts";
import { root } from "./jupyter.mts";
import { writeSite } from "./site.mts";

const folder = join(root, "build", "site-check");

async function check(browser: Browser, file: string, name: string): Promise<string[]> {
  const page = await browser.newPage({ viewport: { width: 900, height: 1000 } });
  const problems: string[] = [];
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) problems.push(`asked for ${request.url()}`);
  });
  page.on("requestfailed", (request) =>
    problems.push(`could not get ${request.url().slice(0, 100)}`),
  );
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  await page.goto(pathToFileURL(file).href);
  for (const details of await page.locator("details").all())
    await details.evaluate((element) => element.setAttribute("open", ""));
  const silent = await page.locator("audio").evaluateAll(async (players) => {
    const plays = (player: HTMLMediaElement) =>
      new Promise<boolean>((done) => {
        player.addEventListener("loadedmetadata", () => done(player.duration > 0), { once: true });
        player.addEventListener("error", () => done(false), { once: true });
        player.load();
      });
    const found = await Promise.all(players.map((player) => plays(player as HTMLMediaElement)));
    return found.filter((good) => !good).length;
  });
  const found = await page.evaluate(() => ({
    broken: [...document.images].filter((image) => !(image.complete && image.naturalWidth > 0))
      .length,
    pictures: document.images.length,
    players: document.querySelectorAll("audio").length,
    equations: document.querySelectorAll(".katex").length,
    unrendered:
      document.querySelectorAll(".katex-error").length +
      (document.body.innerText.match(/\$\$|\\(frac|odot|sigma)\b/g)?.length ?? 0),
    wide: document.documentElement.scrollWidth > window.innerWidth,
    links: [...document.querySelectorAll("a")].map((a) => a.getAttribute("href") ?? ""),
  }));
  if (found.broken > 0) problems.push(`${found.broken} pictures are not drawn`);
  if (silent > 0) problems.push(`${silent} players have nothing to play`);
  if (found.unrendered > 0) problems.push(`${found.unrendered} equations are not rendered`);
  if (found.wide) problems.push("wider than the window");
  const pages = new Set(readdirSync(dirname(file)));
  problems.push(
    ...found.links
      .filter((link) => !/^https?:|^#/.test(link) && !pages.has(link))
      .map((link) => `a link leads nowhere: ${link}`),
  );
  await page.setViewportSize({ width: 390, height: 800 }); // a phone
  if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth))
    problems.push("wider than a phone");
  await page.setViewportSize({ width: 900, height: 1000 });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  await page.close();
  console.log(
    `${problems.length === 0 ? "ok" : "FAILED"} ${name}: ${found.pictures} pictures, ${found.players} players, ${found.equations} equations`,
  );
  return problems.map((problem) => `${name}: ${problem}`);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const site = dirname(writeSite());
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: browserFlags,
  chromiumSandbox: false,
});
const problems: string[] = [];
try {
  const pages = readdirSync(site).filter((file) => file.endsWith(".html"));
  for (const file of pages)
    problems.push(...(await check(browser, join(site, file), file.replace(/\.html$/, ""))));
} finally {
  await browser.close();
}
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
