import type { PgBoss as Boss } from "pg-boss" with { "resolution-mode": "import" };
import { GatedRnnError } from "../errors.js";
import type { Database, DatabaseOptions } from "./database.js";
import { type DatabaseAddress, databaseAddress } from "./database-address.js";
import { bossOptions } from "./queue-options.js";
import { queuePackage } from "./queue-packages.js";

/**
 * Opens the database of a PostgreSQL server, which other machines may use at the same time.
 *
 * @throws GatedRnnError `usage` for what is no address, `database` when it cannot be used; neither shows a password
 */
export async function openPostgres(
  url: string,
  { signal, onError }: DatabaseOptions,
): Promise<Database> {
  const address = databaseAddress(url);
  const { PgBoss } = await queuePackage();
  let boss: Boss | undefined;
  try {
    boss = new PgBoss({
      ...bossOptions,
      connectionString: url,
      max: 4,
      connectionTimeoutMillis: 5000,
      application_name: "gated-rnn",
    });
    boss.on("error", (error) => onError(new Error(address.withoutSecrets(error.message))));
    await boss.start();
  } catch (error) {
    await boss?.stop({ graceful: false }).catch(() => {});
    throw unusable(address, error);
  }
  const opened = boss;
  const db = boss.getDb();
  const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    for (;;)
      try {
        return await work();
      } catch (error) {
        const waited = (performance.now() - begun) / 1000;
        if (!isAway(error) || waited > (signal?.aborted ? patience.stopping : patience.running))
          throw unusable(address, error);
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
  };
  return {
    name: address.name,
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
    close: () => opened.stop({ graceful: false }),
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

/** The cause is not passed on: it may hold the whole address. */
function unusable({ name, withoutSecrets }: DatabaseAddress, error: unknown): GatedRnnError {
  if (error instanceof GatedRnnError) return error;
  const { message, code } = error as NodeJS.ErrnoException;
  const problem = withoutSecrets(message || code || "no reason").split("\n")[0];
  return new GatedRnnError(
    "database",
    `${name}: expected to open the sweep's database, got ${problem}; check that it runs and may be used`,
  );
}
