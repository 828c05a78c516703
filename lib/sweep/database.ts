import type { Db, PgBoss } from "pg-boss" with { "resolution-mode": "import" };

/** The database of a sweep: statements, transactions and the job queue, on PGlite and PostgreSQL alike. */
export interface Database {
  /** How messages name it: a folder, or an address without its password. */
  readonly name: string;
  /** Whether this process is its only user, so that whatever was at work before is dead. */
  readonly exclusive: boolean;
  /** The job queue. What is asked of it outside a transaction goes through `patiently`. */
  readonly boss: PgBoss;
  /** Does something again while the server is away. @throws GatedRnnError `database` for whatever else goes wrong there */
  patiently<T>(work: () => Promise<T>): Promise<T>;
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Everything in it happens, or nothing. Pass what it gets as `db` to the queue's calls. */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** A server that is away is waited for; after the signal not for long. */
  readonly signal?: AbortSignal | undefined;
  /** Embedded: keeps what is there under another name, and begins a new database. */
  readonly anew?: boolean | undefined;
  /** Told of errors in the queue's background work; it goes on by itself. */
  readonly onError: (error: Error) => void;
}
