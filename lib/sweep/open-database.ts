import type { Database, DatabaseOptions } from "./database.js";
import { openEmbedded } from "./embedded-database.js";
import { openPostgres } from "./postgres-database.js";

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
