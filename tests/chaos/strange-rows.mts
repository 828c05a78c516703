import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { broken, type Fault, type KillOptions, planOf, runsOf } from "./kills.mts";
import { command, openDatabase, SweepQueue } from "./library.mts";
import { startPostgres } from "./postgres.mts";
import { compare, faults } from "./results.mts";
import { killNow, pause, startSupervisor } from "./supervisor.mts";

const evil = "../../../outside";
const script = `<img src=x onerror="alert(1)">\u0000`.replace("\0", "\\u0000");

/** What somebody with the same rights on the same PostgreSQL server may write there, by mistake or on purpose, and its clock besides. */
export async function strangeRows(options: KillOptions, reference: string): Promise<Fault> {
  const name = "strange rows and a wrong clock on PostgreSQL";
  const server = await startPostgres(options.folder);
  const begun = performance.now();
  const home = join(options.folder, "strange");
  mkdirSync(home);
  const out = join(home, "a", "b", "out");
  const url = server.url.replace("postgres://postgres@", "postgres://postgres:s3cr%40t@");
  const args = [...planOf(options), "--slots", "2", "--db", url, "--out", out];
  const wrong: string[] = [];
  try {
    const first = startSupervisor(args);
    for (let looks = 0; looks < 400 && !isAtWork(out); looks++) await pause(50);
    await pause(500);
    killNow(first.process.pid as number);
    await first.ended;
    const rows = await disturb(server.url);
    const last = startSupervisor(args);
    const end = await last.ended;
    if (end !== 0) return broken(name, end, last);
    const told = last.text();
    for (const [what, args] of [
      ["watch", ["watch", "--once", "--db", url, "--out", out]],
      ["records", ["records", "--db", url]],
    ] as const) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
        encoding: "utf8",
      });
      if (status !== 0) wrong.push(`${what}: exit code ${status}: ${stderr}`);
      if (/\n +at /.test(stderr)) wrong.push(`${what}: a stack trace`);
      if ((stdout + stderr).includes("s3cr")) wrong.push(`${what}: shows the password`);
    }
    if (/\n +at /.test(told)) wrong.push(`a stack trace: ${told}`);
    if (told.includes("s3cr")) wrong.push("the sweep shows the password");
    if (!/left out/.test(told)) wrong.push(`nothing is told of what is left out: ${told}`);
    const outside = [
      ...readdirSync(home),
      ...readdirSync(join(home, "a")),
      ...readdirSync(join(home, "a", "b")),
    ];
    if (outside.join() !== "a,b,out") wrong.push(`written outside: ${outside.join()}`);
    const comparison = await compare(reference, out, server.url);
    wrong.push(...faults(comparison, runsOf(options)));
    const { runs, lost, different } = comparison;
    const seconds = Math.round((performance.now() - begun) / 1000);
    return { name, figures: { rows, runs, lost, different, seconds }, faults: wrong };
  } finally {
    await server.stop();
  }
}

const isAtWork = (out: string) =>
  existsSync(join(out, "checkpoints")) && readdirSync(join(out, "checkpoints")).length > 0;

/** Returns how many rows were written. */
async function disturb(url: string): Promise<number> {
  const database = await openDatabase("", url, { onError: () => {} });
  try {
    const queue = await SweepQueue.open(database);
    const [plan] = await queue.plans();
    const tasks = await database.query<{ id: string; task: { configuration: object } }>(
      "select id, task from gated_rnn.run",
    );
    const [{ task }] = tasks;
    const evilTask = { ...task, id: evil, configuration: { ...task.configuration, data: evil } };
    const [done] = await database.query<{ record: { configuration: object } }>(
      "select record from gated_rnn.result limit 1",
    );
    const evilRecord = {
      ...done?.record,
      id: evil,
      configuration: { ...done?.record.configuration, data: evil },
    };
    const writes: (readonly [string, readonly unknown[]])[] = [
      ...[
        null,
        [],
        { data: [script] },
        { ...plan, data: [script] },
        { ...plan, cells: ["__proto__"] },
      ].map(
        (each, i) =>
          [
            "insert into gated_rnn.sweep (id, plan) values ($1, $2)",
            [`evil ${i}`, JSON.stringify(each)],
          ] as const,
      ),
      ["insert into gated_rnn.run (id, task) values ($1, $2)", [evil, JSON.stringify(evilTask)]],
      [
        "insert into gated_rnn.result (run, record, weights) values ($1, $2, '')",
        [evil, JSON.stringify(evilRecord)],
      ],
      [
        "insert into gated_rnn.result (run, record, weights) select id, '{\"__proto__\":{},\"seconds\":1e999}', '' from gated_rnn.run where id ~ '^[0-8]' on conflict do nothing",
        [],
      ],
      [
        "insert into gated_rnn.active (run, job, attempt, host, pid) values ($1, gen_random_uuid(), 0, $2, 1)",
        [evil, script],
      ],
      [
        "update gated_rnn_queue.job set data = '[]' where data->>'id' ~ '^[9ab]' and state <= 'active'",
        [],
      ],
      ["delete from gated_rnn_queue.job where data->>'id' ~ '^c' and state <= 'active'", []],
      [
        "update gated_rnn_queue.job set start_after = start_after + interval '3 hours', started_on = started_on + interval '3 hours', heartbeat_on = heartbeat_on + interval '3 hours'",
        [],
      ],
    ];
    for (const [text, values] of writes) await database.query(text, values);
    await database.boss.insert(
      "runs",
      [evilTask, {}, { id: 7 }].map((data) => ({ data, priority: 99 })),
    );
    return writes.length + 3;
  } finally {
    await database.close();
  }
}
