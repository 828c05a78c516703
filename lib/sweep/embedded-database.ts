import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { PGlite } from "@electric-sql/pglite" with { "resolution-mode": "import" };
import type { PgBoss } from "pg-boss" with { "resolution-mode": "import" };
import { GatedRnnError } from "../errors.js";
import type { Database, DatabaseOptions } from "./database.js";
import { lockFile } from "./folder-lock.js";
import { bossOptions } from "./queue-options.js";
import { embeddedPackages } from "./queue-packages.js";

/**
 * Opens the database in `folder`, which is made when it is not there, for this process alone.
 *
 * @throws GatedRnnError `locked` when another process has it open; `database` when it is damaged or another version's, with the remedy
 */
export async function openEmbedded(
  folder: string,
  { onError, anew = false }: DatabaseOptions,
): Promise<Database> {
  const { PGlite, PgBoss, fromPglite } = await embeddedPackages();
  let isLost = false;
  const release = await lockFile(`${folder}.lock`, folder, {
    onWait: (notice) => onError(new Error(notice)),
    onLost: () => {
      isLost = true;
    },
  });
  let pglite: PGlite | undefined;
  let boss: PgBoss | undefined;
  const close = async () => {
    await closed(boss, pglite);
    release();
  };
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isLost)
      throw new GatedRnnError(
        "locked",
        `${folder}: expected to be its only user, got another one after a long silence of this process; start it again`,
      );
    try {
      return await work();
    } catch (error) {
      if (error instanceof GatedRnnError) throw error;
      throw damaged(folder, (error as Error).message, error);
    }
  };
  try {
    if (anew) setAside(folder);
    pglite = await openFolder(folder, PGlite);
    const opened = pglite;
    boss = new PgBoss({ ...bossOptions, backend: "pglite", db: fromPglite(pglite) });
    boss.on("error", onError);
    await boss.start();
    return {
      name: folder,
      exclusive: true,
      boss,
      patiently: guarded,
      query: <Row>(text: string, values: readonly unknown[] = []) =>
        guarded(async () => (await opened.query<Row>(text, [...values])).rows),
      transaction: (work) =>
        guarded(() => opened.transaction((statements) => work(fromPglite(statements)))),
      close,
    };
  } catch (error) {
    await close();
    throw await unusable(folder, error);
  }
}

/** The data folder says which PGlite has made it, beside PostgreSQL's own PG_VERSION. */
const madeBy = (folder: string) => join(folder, "PGLITE_VERSION");

/** A new database is made under another name: one that was killed while it was made is made again. */
async function openFolder(folder: string, library: typeof PGlite): Promise<PGlite> {
  if (!existsSync(folder) || readdirSync(folder).length === 0) {
    const fresh = `${folder}.new`;
    rmSync(fresh, { recursive: true, force: true });
    await (await library.create({ dataDir: fresh })).close();
    writeFileSync(madeBy(fresh), `${packageVersion()}\n`);
    renameSync(fresh, folder);
  }
  if (!existsSync(join(folder, "PG_VERSION"))) throw new Error("none: its PG_VERSION is missing"); // PGlite would begin a new one in it
  return library.create({ dataDir: folder });
}

/** Keeps what is there under another name: it may be of use to somebody who knows PostgreSQL. */
function setAside(folder: string): void {
  if (!existsSync(folder)) return;
  let i = 1;
  while (existsSync(`${folder}.damaged-${i}`)) i++;
  renameSync(folder, `${folder}.damaged-${i}`);
}

/** A damaged database may fail to close, too, or never come to an end. */
async function closed(boss: PgBoss | undefined, pglite: PGlite | undefined): Promise<void> {
  const closing = async () => {
    await boss?.stop({ graceful: false });
    await pglite?.close();
  };
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, 5000);
  });
  await Promise.race([closing().catch(() => {}), enough]);
  clearTimeout(timer);
}

/** What makes the sweep go on without its database. */
function remedy(folder: string): string {
  return `the results written so far are safe: the same command with --rebuild makes the database anew from the records in ${dirname(folder)}`;
}

function damaged(folder: string, problem: string, cause: unknown): GatedRnnError {
  return new GatedRnnError(
    "database",
    `${folder}: expected to use the sweep's database, got ${oneLine(problem)}; if it is damaged: ${remedy(folder)}`,
    { cause },
  );
}

/** Tells a database of another version from a damaged one. */
async function unusable(folder: string, error: unknown): Promise<GatedRnnError> {
  if (error instanceof GatedRnnError) return error;
  const theirs = versionOf(folder);
  const ours = theirs && (await ownVersion().catch(() => undefined));
  if (ours && (theirs.major !== ours.major || theirs.catalogue !== ours.catalogue))
    return new GatedRnnError(
      "database",
      `${folder}: expected a database of ${titleOf(ours)}, got one of ${titleOf(theirs)}; use the version that made it, or else: ${remedy(folder)}`,
      { cause: error },
    );
  return damaged(folder, (error as Error)?.message ?? String(error), error);
}

interface Version {
  readonly pglite: string | undefined;
  readonly major: string;
  /** Of PostgreSQL's own tables; it may change within a major version. */
  readonly catalogue: string;
}

const titleOf = ({ pglite, major, catalogue }: Version) =>
  `PGlite ${pglite ?? "of an unknown version"} (PostgreSQL ${major}, catalogue ${catalogue})`;

async function ownVersion(): Promise<Version> {
  const { PGlite } = await embeddedPackages();
  const pglite = await PGlite.create();
  const { rows } = await pglite.query<{ version: string; catalogue: number }>(
    "select current_setting('server_version') as version, catalog_version_no as catalogue from pg_control_system()",
  );
  await pglite.close();
  const [{ version, catalogue }] = rows;
  return {
    pglite: packageVersion(),
    major: String(Number.parseInt(version, 10)),
    catalogue: String(catalogue),
  };
}

/** Undefined where the folder does not say it, or not believably. */
function versionOf(folder: string): Version | undefined {
  const text = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").trim() : undefined);
  try {
    const major = text(join(folder, "PG_VERSION")) ?? "";
    const pglite = text(madeBy(folder));
    const control = Buffer.alloc(16); // pg_control: system identifier (8 bytes), its own version, that of the catalogue
    const file = openSync(join(folder, "global", "pg_control"), "r");
    readSync(file, control);
    closeSync(file);
    const catalogue = control.readUInt32LE(12); // a date with a digit behind it
    const isBelievable =
      /^\d{1,2}$/.test(major) && catalogue > 201_000_000 && catalogue < 210_000_000;
    return isBelievable
      ? {
          pglite: pglite && /^[\w.-]{1,30}$/.test(pglite) ? pglite : undefined,
          major,
          catalogue: String(catalogue),
        }
      : undefined;
  } catch {
    return undefined;
  }
}

function packageVersion(): string {
  const file = join(
    dirname(createRequire(__filename).resolve("@electric-sql/pglite")),
    "..",
    "package.json",
  );
  return JSON.parse(readFileSync(file, "utf8")).version;
}

const oneLine = (text: string) => text.split("\n")[0].slice(0, 300);
