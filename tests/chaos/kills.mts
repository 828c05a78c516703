import { join } from "node:path";
import { generator } from "./library.mts";
import { startPostgres } from "./postgres.mts";
import { compare, faults } from "./results.mts";
import { killNow, pause, type Supervisor, startSupervisor } from "./supervisor.mts";

export interface Fault {
  readonly name: string;
  readonly figures: Readonly<Record<string, string | number>>;
  /** What is wrong; empty when all is well. */
  readonly faults: readonly string[];
}

/** Sizes of the sweeps that are disturbed: short runs, many of them. */
export interface KillOptions {
  readonly folder: string;
  /** Learning rates of each of two cells; with two more seeds of the chosen ones. */
  readonly learningRates: number;
  readonly kills: number;
  readonly restarts: number;
}

export const runsOf = ({ learningRates }: KillOptions) => 2 * (learningRates + 2);

export const planOf = ({ learningRates }: KillOptions) => [
  ...[
    "--data",
    "synthetic",
    "--cells",
    "gru,tanh",
    "--seeds",
    "3",
    "--epochs",
    "8",
    "--batch-size",
    "16",
  ],
  ...[
    "--learning-rates",
    String(learningRates),
    "--checkpoint-seconds",
    "0.1",
    "--retries",
    "1000000",
    "--heartbeat",
    "10",
  ],
];

/** The sweep as it is when nobody disturbs it. */
export async function undisturbed(options: KillOptions): Promise<string> {
  const out = join(options.folder, "undisturbed");
  const supervisor = startSupervisor([...planOf(options), "--slots", "2", "--out", out]);
  const code = await supervisor.ended;
  if (code !== 0)
    throw new Error(
      `the undisturbed sweep: expected exit code 0, got ${code}: ${supervisor.text()}`,
    );
  return out;
}

/** Kills children and the supervisor at random moments, as often as asked; the command is started again each time. */
export async function killsOnEmbedded(options: KillOptions, reference: string): Promise<Fault> {
  const out = join(options.folder, "killed");
  const args = [...planOf(options), "--slots", "2", "--out", out];
  const random = generator(1, "kills");
  const begun = performance.now();
  const killed = { children: 0, supervisors: 0, afterTheEnd: 0 };
  let supervisor = startSupervisor(args);
  while (killed.children + killed.supervisors + killed.afterTheEnd < options.kills) {
    await pause(20 + 480 * random.uniform());
    const children = supervisor.children();
    if (random.uniform() < (children.length > 0 ? 0.2 : 0.05)) {
      killNow(supervisor.process.pid as number);
      const ended = await supervisor.ended;
      if (ended === "SIGKILL") killed.supervisors++;
      else if (ended === 0) killed.afterTheEnd++;
      else return broken("kill -9, embedded database", ended, supervisor);
      supervisor = startSupervisor(args);
    } else if (children.length > 0 && killNow(children[random.integer(children.length)]))
      killed.children++;
    else if (supervisor.process.exitCode !== null) killed.afterTheEnd++;
  }
  const end = await supervisor.ended;
  if (end !== 0) return broken("kill -9, embedded database", end, supervisor);
  if ((await startSupervisor(args).ended) !== 0)
    throw new Error("the last start: expected exit code 0");
  const comparison = await compare(reference, out);
  return {
    name: "kill -9, embedded database",
    figures: { runs: comparison.runs, ...killed, ...counts(comparison), seconds: since(begun) },
    faults: faults(comparison, runsOf(options)),
  };
}

/** Two supervisors on PostgreSQL: one is killed, then the other, and the server comes down in between. */
export async function killsOnPostgres(options: KillOptions, reference: string): Promise<Fault> {
  const name = "kill -9 and restarts, PostgreSQL, two supervisors";
  const server = await startPostgres(options.folder);
  const begun = performance.now();
  const out = (i: number) => join(options.folder, `postgres-${i}`);
  try {
    const start = (i: number) =>
      startSupervisor([...planOf(options), "--slots", "1", "--db", server.url, "--out", out(i)]);
    const supervisors = [start(0), start(1)];
    const random = generator(2, "kills");
    const killed = { children: 0, supervisors: 0, afterTheEnd: 0 };
    let restarts = 0;
    while (killed.children + killed.supervisors + killed.afterTheEnd < options.kills) {
      await pause(20 + 480 * random.uniform());
      const i = random.integer(2);
      const step = random.uniform();
      if (restarts < options.restarts && step < (1.5 * options.restarts) / options.kills) {
        await server.restart();
        restarts++;
      } else if (step < 0.2) {
        killNow(supervisors[i].process.pid as number);
        const ended = await supervisors[i].ended;
        if (ended === "SIGKILL") killed.supervisors++;
        else if (ended === 0) killed.afterTheEnd++;
        else if (/expected to open the sweep's database/.test(supervisors[i].text()))
          killed.afterTheEnd++;
        else return broken(name, ended, supervisors[i]);
        supervisors[i] = start(i);
      } else {
        const [child] = supervisors[i].children();
        if (child && killNow(child)) killed.children++;
        else if (supervisors[i].process.exitCode !== null) killed.afterTheEnd++;
      }
    }
    for (const supervisor of supervisors) {
      const end = await supervisor.ended;
      if (end !== 0) return broken(name, end, supervisor);
    }
    const [first, second] = [
      await compare(reference, out(0), server.url),
      await compare(reference, out(1), server.url),
    ];
    return {
      name,
      figures: { runs: first.runs, ...killed, restarts, ...counts(first), seconds: since(begun) },
      faults: [...faults(first, runsOf(options)), ...faults(second, runsOf(options))],
    };
  } finally {
    await server.stop();
  }
}

const counts = ({
  lost,
  duplicated,
  different,
}: {
  lost: number;
  duplicated: number;
  different: number;
}) => ({
  lost,
  duplicated,
  different,
});
const since = (begun: number) => Math.round((performance.now() - begun) / 1000);

export function broken(name: string, end: number | string, supervisor: Supervisor): Fault {
  return {
    name,
    figures: {},
    faults: [
      `a supervisor ended with ${end}: ${supervisor.text().trim().split("\n").slice(-12).join(" | ")}`,
    ],
  };
}
