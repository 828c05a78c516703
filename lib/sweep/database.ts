import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Db, PgBoss } from "pg-boss" with { "resolution-mode": "import" };
import { GatedRnnError } from "../errors.js";
import { lockFile } from "./folder-lock.js";

/** The database of a sweep: statements, transactions and the job queue, on PGlite and PostgreSQL alike. */
export interface Database {
  /** How messages name it: a folder, or a URL without its password. */
  readonly name: string;
  /** Whether this process is its only user, so that whatever was at work before is dead. */
  readonly exclusive: boolean;
  /** The job queue. What is asked of it outside a transaction goes through `patiently`. */
  readonly boss: PgBoss;
  /** Does something again while the server is away. */
  patiently<T>(work: () => Promise<T>): Promise<T>;
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Everything in it happens, or nothing. Pass what it gets as `db` to the queue's calls. */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** A server that is away is waited for; after the signal not for long. */
  readonly signal?: AbortSignal | undefined;
  /** Told of errors in the queue's background work; it goes on by itself. */
  readonly onError: (error: Error) => void;
}

/** The queue's own tables. */
const queueSchema = "gated_rnn_queue";

/** Seconds between looks for jobs whose worker is silent. */
const monitorSeconds = 5;

const bossOptions = {
  schema: queueSchema,
  schedule: false,
  superviseIntervalSeconds: monitorSeconds,
  monitorIntervalSeconds: monitorSeconds,
};

/**
 * Opens the embedded database in `folder`, which is made when it is not there, or PostgreSQL when there is a URL.
 *
 * @throws GatedRnnError `locked` when another process has the folder open, `database` when it cannot be opened
 */
export async function openDatabase(
  folder: string,
  url: string | undefined,
  options: DatabaseOptions,
): Promise<Database> {
  return url === undefined ? openEmbedded(folder, options) : openPostgres(url, options);
}

async function openEmbedded(folder: string, { onError }: DatabaseOptions): Promise<Database> {
  const { PgBoss, fromPglite } = await import("pg-boss");
  const release = await lockFile(`${folder}.lock`, folder);
  try {
    const pglite = await openFolder(folder);
    const boss = new PgBoss({ ...bossOptions, backend: "pglite", db: fromPglite(pglite) });
    boss.on("error", onError);
    await boss.start();
    return {
      name: folder,
      exclusive: true,
      boss,
      patiently: (work) => work(),
      query: async <Row>(text: string, values: readonly unknown[] = []) =>
        (await pglite.query<Row>(text, [...values])).rows,
      transaction: (work) => pglite.transaction((statements) => work(fromPglite(statements))),
      close: async () => {
        await boss.stop({ graceful: false });
        await pglite.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw unusable(folder, error);
  }
}

/** A new database is made under another name: one that was killed while it was made is made again. */
async function openFolder(folder: string) {
  const { PGlite } = await import("@electric-sql/pglite");
  if (!existsSync(join(folder, "PG_VERSION"))) {
    const fresh = `${folder}.new`;
    rmSync(fresh, { recursive: true, force: true });
    await (await PGlite.create({ dataDir: fresh })).close();
    renameSync(fresh, folder);
  }
  return PGlite.create({ dataDir: folder });
}

async function openPostgres(url: string, { signal, onError }: DatabaseOptions): Promise<Database> {
  const { PgBoss } = await import("pg-boss");
  const name = withoutPassword(url);
  const boss = new PgBoss({
    ...bossOptions,
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: 5000,
    application_name: "gated-rnn",
  });
  boss.on("error", onError);
  try {
    await boss.start();
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {});
    throw unusable(name, error);
  }
  const db = boss.getDb();
  const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    for (;;)
      try {
        return await work();
      } catch (error) {
        if (!isAway(error)) throw error;
        const waited = (performance.now() - begun) / 1000;
        if (waited > (signal?.aborted ? patience.stopping : patience.running))
          throw unusable(name, error);
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
  };
  return {
    name,
    exclusive: false,
    boss,
    patiently,
    query: <Row>(text: string, values: readonly unknown[] = []) =>
      patiently(async () => (await db.executeSql(text, [...values])).rows as Row[]),
    transaction: (work) =>
      patiently(async () => {
        if (!db.beginTransaction) throw new Error("pg-boss gives no transactions");
        const transaction = await db.beginTransaction();
        try {
          const result = await work(transaction.db);
          await transaction.commit();
          return result;
        } catch (error) {
          await transaction.rollback();
          throw error;
        }
      }),
    close: () => boss.stop({ graceful: false }),
  };
}

/** How long a server may be away, in seconds: long enough for a restart or an hour's maintenance. */
const patience = { running: 3600, stopping: 10 };

/** Whether an error says that the server is away, and not that a statement is wrong: network, SQLSTATE classes 08, 53 and 57P. */
function isAway(error: unknown): boolean {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|EAI_AGAIN|ENOTFOUND|08|53|57P)/.test(code) ||
    /connection (terminated|error)|timeout exceeded when trying to connect|not queryable/i.test(
      message,
    )
  );
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.protocol !== "postgres:" && parsed.protocol !== "postgresql:")
      throw new Error("not PostgreSQL");
    parsed.password = "";
    return parsed.href;
  } catch (error) {
    throw new GatedRnnError(
      "usage",
      `db: expected an address such as postgres://user@host/database, got ${url}`,
      { cause: error },
    );
  }
}

function unusable(name: string, error: unknown): Error {
  if (error instanceof GatedRnnError) return error;
  const { message, code } = error as NodeJS.ErrnoException;
  return new GatedRnnError(
    "database",
    `${name}: expected to open the sweep's database, got ${message || code}; check that it runs and may be used`,
    { cause: error },
  );
}
