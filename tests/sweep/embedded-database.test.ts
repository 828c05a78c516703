import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDatabase } from "../../lib/sweep/open-database.js";

const onError = (error: Error) => expect.fail(error.message);
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-embedded-"));
  await (await openDatabase(join(folder, "whole"), undefined, { onError })).close();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** A copy of the database after something has happened to it. */
function copy(name: string, happening: (database: string) => void): string {
  const database = join(folder, name);
  cpSync(join(folder, "whole"), database, { recursive: true });
  happening(database);
  return database;
}

const damages: readonly (readonly [string, (database: string) => void])[] = [
  ["PG_VERSION is gone", (database) => rmSync(join(database, "PG_VERSION"))],
  ["pg_control is empty", (database) => writeFileSync(join(database, "global/pg_control"), "")],
  ["base is gone", (database) => rmSync(join(database, "base"), { recursive: true })],
];
it.each(damages)(
  "a database whose %s is refused with the remedy, and not begun anew",
  async (name, happening) => {
    const database = copy(name, happening);
    const file = join(database, "PG_VERSION");
    const before = existsSync(file);
    const remedy = `if it is damaged: the results written so far are safe: the same command with --rebuild makes the database anew from the records in ${folder}`;
    await expect(openDatabase(database, undefined, { onError })).rejects.toMatchObject({
      code: "database",
      message: expect.stringMatching(
        new RegExp(`^${database}: expected to use the sweep's database, got .+; ${remedy}$`),
      ),
    });
    expect(existsSync(file)).toBe(before); // no new one was begun in it
  },
  120_000,
);

it("a database of another PostgreSQL is told from a damaged one, and both versions are named", async () => {
  const database = copy("other", (database) => {
    writeFileSync(join(database, "PG_VERSION"), "17\n");
    writeFileSync(join(database, "PGLITE_VERSION"), "0.3.16\n");
    const control = readFileSync(join(database, "global/pg_control"));
    control.writeUInt32LE(202406281, 12);
    writeFileSync(join(database, "global/pg_control"), control);
  });
  await expect(openDatabase(database, undefined, { onError })).rejects.toThrow(
    /^.*other: expected a database of PGlite [\d.]+ \(PostgreSQL 18, catalogue \d+\), got one of PGlite 0\.3\.16 \(PostgreSQL 17, catalogue 202406281\); use the version that made it, or else: .*--rebuild/,
  );
}, 120_000);
