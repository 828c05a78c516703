// Opens every page of the site from disk in headless Chromium, as a reader without network would: nothing may be asked of any
// host; every picture, equation and player must be there; nothing may be cut, on a desktop, on a phone, on paper; axe must find
// nothing, in light and in dark. Leaves build/site-check/NAME.png, NAME-phone.png, NAME-dark.png and NAME.pdf.
// Needs chromium (CHROMIUM=path of another one). Names such as "01" choose pages; default: all.
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AxeResults, RunOptions } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { browserFlags } from "../browser.mts";
import { root } from "../jupyter.mts";
import { writeSite } from "./site.mts";
import { writeSlides } from "./slides.mts";

const folder = join(root, "build", "site-check");
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const desktop = { width: 1280, height: 1000 };
const phone = { width: 390, height: 800 };

interface Axe {
  run(options: RunOptions): Promise<AxeResults>;
}

/** Rules of accessibility that are broken, contrast included, one line each. */
async function axeFindings(page: Page, where: string): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate(
    () => (window as unknown as { axe: Axe }).axe.run({ preload: false }), // styles from disk may not be asked for again
  );
  return violations.map(
    ({ id, help, nodes }) =>
      `axe, ${where}: ${id}: ${help}: ${nodes.length} times, first ${nodes[0].html.slice(0, 120)}`,
  );
}

/** Elements whose content is wider than they are, though they neither wrap nor scroll. */
function cutElements(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scrolls = (element: Element | null): boolean =>
      element !== null &&
      (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    return [...document.querySelectorAll("main *")]
      .filter((element) => {
        const { right, width } = element.getBoundingClientRect();
        const isHidden = element.closest(".katex-mathml, svg") !== null || width === 0;
        return !isHidden && right > window.innerWidth + 1 && !scrolls(element.parentElement);
      })
      .map((element) => `${element.tagName.toLowerCase()}: ${element.textContent?.slice(0, 50)}`);
  });
}

/** Whether the keyboard reaches what scrolls, and moves it. */
async function keyboardProblems(page: Page): Promise<string[]> {
  const wide = page.locator('.scroll[tabindex="0"]');
  for (const region of await wide.all()) {
    const before = await region.evaluate((e) => {
      const isWide = e.scrollWidth > e.clientWidth + 10;
      e.scrollLeft = 0;
      (e as HTMLElement).focus();
      return isWide;
    });
    if (!before) continue;
    await page.keyboard.press("ArrowRight");
    const moved = () => region.evaluate((e) => e.scrollLeft > 0 && document.activeElement === e);
    for (let tries = 0; tries < 20 && !(await moved()); tries++) await page.waitForTimeout(50);
    return (await moved()) ? [] : ["what scrolls does not scroll by the keyboard"];
  }
  return [];
}

/** On paper: as many pages as its length asks for, reveals open, nothing beyond the edge. */
async function printProblems(page: Page, name: string): Promise<string[]> {
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  await page.setViewportSize({ width: 720, height: 1000 }); // A4 less its margins, in CSS pixels
  const problems = (await cutElements(page)).map((what) => `cut in print: ${what}`);
  const closed = await page.evaluate(
    () =>
      [...document.querySelectorAll("details > :not(summary)")].filter(
        (element) => element.getBoundingClientRect().height === 0 && element.textContent?.trim(),
      ).length,
  );
  if (closed > 0) problems.push(`${closed} reveals stay closed in print`);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const margin = "1.5cm";
  const pdf = await page.pdf({
    path: join(folder, `${name}.pdf`),
    format: "A4",
    margin: { top: margin, bottom: margin, left: margin, right: margin },
  });
  const sheets = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  const least = Math.floor(height / 1000);
  if (sheets < least || sheets > 1.6 * least + 3)
    problems.push(`${sheets} pages of paper for a length of ${least}`);
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
  console.log(`   ${name}: ${sheets} pages of paper`);
  return problems;
}

async function check(browser: Browser, file: string, name: string): Promise<string[]> {
  const page = await browser.newPage({ viewport: desktop, colorScheme: "light" });
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
  problems.push(...(await printProblems(page, name))); // reveals are still closed
  await page.setViewportSize(desktop);
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
    links: [...document.querySelectorAll("a")].map((a) => a.getAttribute("href") ?? ""),
    ids: [...document.querySelectorAll("[id]")].map((element) => element.id),
  }));
  if (found.broken > 0) problems.push(`${found.broken} pictures are not drawn`);
  if (silent > 0) problems.push(`${silent} players have nothing to play`);
  if (found.unrendered > 0) problems.push(`${found.unrendered} equations are not rendered`);
  const leadsSomewhere = (link: string) =>
    /^https?:/.test(link) ||
    (link.startsWith("#")
      ? found.ids.includes(link.slice(1))
      : existsSync(join(dirname(file), link.split("#")[0])));
  problems.push(
    ...found.links.filter((l) => !leadsSomewhere(l)).map((l) => `a link leads nowhere: ${l}`),
  );
  for (const [size, where] of [
    [desktop, "desktop"],
    [phone, "phone"],
  ] as const) {
    await page.setViewportSize(size);
    await page.waitForTimeout(100);
    if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth))
      problems.push(`wider than a ${where}`);
    problems.push(...(await cutElements(page)).map((what) => `cut on a ${where}: ${what}`));
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      problems.push(...(await axeFindings(page, `${where}, ${colorScheme}`)));
      if (where === "desktop" && colorScheme === "dark")
        await page.screenshot({ path: join(folder, `${name}-dark.png`), fullPage: true });
    }
    await page.emulateMedia({ colorScheme: "light" });
    const ending = where === "phone" ? "-phone.png" : ".png";
    await page.screenshot({ path: join(folder, `${name}${ending}`), fullPage: true });
  }
  problems.push(...(await keyboardProblems(page)));
  await page.close();
  console.log(
    `${problems.length === 0 ? "ok" : "FAILED"} ${name}: ${found.pictures} pictures, ${found.players} players, ${found.equations} equations`,
  );
  return problems.map((problem) => `${name}: ${problem}`);
}

/** Slides whose content is higher or wider than the projector shows. */
function cutSlides(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { Reveal } = window as unknown as {
      Reveal: {
        getIndices(slide: Element): { h: number; v: number };
        slide(h: number, v: number): void;
      };
    };
    return [...document.querySelectorAll(".slides section section")].flatMap((section) => {
      const { h, v } = Reveal.getIndices(section);
      Reveal.slide(h, v);
      const slide = section.querySelector(".slide");
      if (!slide) return [];
      const { scrollHeight, clientHeight, scrollWidth, clientWidth } = slide;
      return scrollHeight > clientHeight + 2 || scrollWidth > clientWidth + 2
        ? [`cut on slide ${h}/${v}: ${scrollWidth} × ${scrollHeight} points`]
        : [];
    });
  });
}

/**
 * Slides open from disk, too: all parts there, nothing cut, nothing asked for, no error, the arrow
 * keys lead on.
 */
async function checkSlides(browser: Browser, file: string, name: string): Promise<string[]> {
  const page = await browser.newPage({ viewport: { width: 1180, height: 720 } });
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) problems.push(`asked for ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  await page.locator(".reveal.ready").waitFor({ timeout: 20_000 });
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => location.hash.startsWith("#/1"), undefined, { timeout: 10_000 });
  const slides = await page.locator(".slides section section").count();
  problems.push(...(await cutSlides(page)));
  if (slides < 8) problems.push(`expected 8 slides or more, got ${slides}`);
  await page.close();
  console.log(`${problems.length === 0 ? "ok" : "FAILED"} slides ${name}: ${slides}`);
  return problems.map((problem) => `slides ${name}: ${problem}`);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const site = dirname(await writeSite());
const wanted = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: browserFlags,
  chromiumSandbox: false,
});
const problems: string[] = [];
try {
  for (const file of readdirSync(site).filter((f) => f.endsWith(".html")))
    if (wanted.length === 0 || wanted.some((w) => file.startsWith(w)))
      problems.push(...(await check(browser, join(site, file), file.replace(/\.html$/, ""))));
  const decks = dirname(await writeSlides(wanted));
  for (const file of readdirSync(decks).filter((f) => /^\d\d-.*\.html$/.test(f)))
    problems.push(...(await checkSlides(browser, join(decks, file), file.replace(/\.html$/, ""))));
} finally {
  await browser.close();
}
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
