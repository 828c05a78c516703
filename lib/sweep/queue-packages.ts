import { notInstalled } from "../files/optional-package.js";

/** The job queue, for a database on a server. @throws GatedRnnError `database` when it is not installed */
export const queuePackage = () =>
  import("pg-boss").catch(notInstalled("sweep", "database", ["pg-boss"]));

/** The embedded database and its job queue. @throws GatedRnnError `database` when one is not installed */
export async function embeddedPackages() {
  const missing = notInstalled("sweep", "database", ["pg-boss", "@electric-sql/pglite"]);
  const { PgBoss, fromPglite } = await import("pg-boss").catch(missing);
  const { PGlite } = await import("@electric-sql/pglite").catch(missing);
  return { PgBoss, fromPglite, PGlite };
}
