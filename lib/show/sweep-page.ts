import { createHash } from "node:crypto";
import type { SweepStatus } from "../sweep/status.js";
import { cellTitle } from "./colours.js";
import { duration } from "./duration.js";
import { liveCurves } from "./live-curves.js";
import { escapeHtml, type Table, tableHtml } from "./table.js";

/** How a sweep stands, in one line. */
export function statusLine(
  { state, runs, active, secondsLeft, written }: SweepStatus,
  now = Date.now(),
): string {
  const silent =
    state === "running" && now - Date.parse(written) > 10_000
      ? `, nothing heard since ${written.slice(11, 19)}`
      : "";
  const dead = runs.dead ? `, ${runs.dead} given up` : "";
  const left =
    state === "running" && secondsLeft !== null ? `, about ${duration(secondsLeft)} left` : "";
  const word = state === "running" ? `${active.length} at work` : state;
  return `${runs.done} of ${runs.total} runs, ${word}${dead}${left}${silent}`;
}

/** What each data set and cell has reached. */
export function groupsTable({ groups }: SweepStatus): Table {
  return {
    caption: "Best so far, by validation NLL (nats per step)",
    columns: [
      { title: "data", align: "left" },
      { title: "unit", align: "left" },
      { title: "runs", align: "right" },
      { title: "learning rate", align: "right" },
      { title: "valid", align: "right" },
      { title: "test", align: "right" },
    ],
    rows: groups.map(({ data, cell, done, total, best }) => [
      data,
      cellTitle(cell),
      `${done}/${total}`,
      ...(best
        ? [best.learningRate.toPrecision(2), best.valid.toFixed(3), best.test.toFixed(3)]
        : ["–", "–", "–"]),
    ]),
    notes: [],
  };
}

/** The runs in progress. */
export function activeTable({ active }: SweepStatus): Table {
  return {
    caption: "At work",
    columns: [
      { title: "data", align: "left" },
      { title: "unit", align: "left" },
      { title: "learning rate", align: "right" },
      { title: "seed", align: "right" },
      { title: "epoch", align: "right" },
      { title: "train", align: "right" },
      { title: "valid", align: "right" },
      { title: "left", align: "right" },
      { title: "supervisor", align: "left" },
    ],
    rows: active.map(({ data, cell, learningRate, seed, epochs, progress, supervisor }) => {
      const last = progress?.curve.at(-1);
      return [
        data,
        cellTitle(cell),
        learningRate.toPrecision(2),
        String(seed),
        progress ? `${progress.epoch}/${epochs}` : "–",
        last ? last[2].toFixed(3) : "–",
        last ? last[3].toFixed(3) : "–",
        progress ? duration(progress.secondsLeft) : "–",
        supervisor,
      ];
    }),
    notes: [],
  };
}

/** The part of the page that changes. */
export function sweepBody(status: SweepStatus): string {
  const sets = [...new Set(status.groups.map(({ data }) => data))];
  const dead = status.dead.map(
    ({ run, problem }) =>
      `<p class="note">given up: run ${escapeHtml(run)}: ${escapeHtml(problem)}</p>`,
  );
  return [
    `<p>${escapeHtml(statusLine(status))}</p>`,
    ...dead,
    ...(status.active.length > 0 ? [tableHtml(activeTable(status))] : []),
    tableHtml(groupsTable(status)),
    `<div class="charts">${sets.map((data) => `<figure><figcaption>${escapeHtml(data)}</figcaption>${liveCurves(status, data)}</figure>`).join("\n")}</div>`,
  ].join("\n");
}

const style = `
body { font: 15px/1.5 "Open Sans", "Helvetica Neue", Helvetica, Arial, sans-serif; color: #222; max-width: 75rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(26rem, 1fr)); gap: 1rem; }
figure { margin: 0; } figcaption, caption { font-weight: 600; text-align: left; padding: 0.8rem 0 0.2rem; } svg { width: 100%; height: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { padding: 0.15rem 0.7rem; border-bottom: 1px solid #e4e4e8; white-space: nowrap; }
.left { text-align: left; } .right { text-align: right; } .note { color: #a33; }
`;

/** What the server says it cannot do is shown as text; so is its silence. */
const script = `
const main = document.querySelector("main");
function say(text) {
  const line = main.querySelector("p") ?? main.appendChild(document.createElement("p"));
  line.textContent = text;
}
async function look() {
  try {
    const answer = await fetch("body");
    if (answer.ok) main.innerHTML = await answer.text();
    else say(await answer.text());
  } catch {
    say("gated-rnn watch has ended; this is the last it said");
  }
  setTimeout(look, 1000);
}
look();
`;

const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The page's own script and style by their hashes, what it fetches from where it came, and nothing else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src ${hash(script)}`,
  `style-src ${hash(style)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A page that fetches its changing part every second from where it came itself. */
export function sweepPage(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>gated-rnn sweep</title>
<style>${style}</style>
</head>
<body>
<h1>gated-rnn sweep</h1>
<main></main>
<script>${script}</script>
</body>
</html>
`;
}
