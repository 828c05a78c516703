import { GatedRnnError } from "../errors.js";

/** A PostgreSQL server's address as messages may show it. */
export interface DatabaseAddress {
  /** Protocol, user, host, port and database: no password, and no parameters, where one may stand too. */
  readonly name: string;
  /** A message in which whatever the address keeps secret is blotted out. */
  withoutSecrets(message: string): string;
}

/**
 * Reads an address such as postgres://user:password@host:5432/database?sslmode=require.
 *
 * @throws GatedRnnError `usage` for any other, which is not repeated: nobody knows where in it the password is
 */
export function databaseAddress(url: string): DatabaseAddress {
  const parsed = parse(url);
  if (!parsed)
    throw new GatedRnnError(
      "usage",
      "db: expected an address such as postgres://user@host/database, got another kind of text, not shown here since it may hold a " +
        "password; write /, ?, # and @ in a password as %2F, %3F, %23 and %40, or leave it to PGPASSWORD or ~/.pgpass",
    );
  const user = decoded(parsed.username);
  const shownUser = /^[\w.-]+$/.test(user) ? `${user}@` : "";
  const secrets = secretsOf(url, parsed);
  return {
    name: `${parsed.protocol}//${shownUser}${parsed.host}${parsed.pathname}`,
    withoutSecrets: (message) =>
      secrets.reduce((text, secret) => text.replaceAll(secret, "***"), message),
  };
}

/** Undefined for what is no address, and where a part of a password may have come to stand in another place. */
function parse(url: string): URL | undefined {
  try {
    const parsed = new URL(url);
    const isPlain =
      /^postgres(ql)?:$/.test(parsed.protocol) &&
      /^([\w.%-]+|\[[\da-f:.]+\])?$/i.test(parsed.hostname) &&
      /^(\/[\w.%+~-]*)?$/.test(parsed.pathname) &&
      parsed.hash === "" &&
      !/[#\p{Cc}]|^\s|\s$/u.test(url) &&
      !parsed.search.includes("@");
    return isPlain ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The password and every parameter that may be one, as written and as meant, the longest first. */
function secretsOf(url: string, { username, password, searchParams }: URL): string[] {
  const parameters = [...searchParams].filter(([name]) => /pass|secret|key|token/i.test(name));
  const written =
    password && url.slice(url.indexOf(":", url.indexOf("//")) + 1, url.lastIndexOf("@"));
  const values = [password, written, ...parameters.map(([, value]) => value)];
  if (!/^[\w.-]*$/.test(decoded(username))) values.push(username);
  return [
    url,
    ...values.flatMap((value) => [value, decoded(value), encodeURIComponent(decoded(value))]),
  ]
    .filter((secret) => secret.length > 1)
    .sort((a, b) => b.length - a.length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What a command prints, without the passwords of addresses among its arguments or anywhere in it. */
export function withoutPasswords(text: string, args: readonly string[] = []): string {
  const blot = (piece: string) => piece.replace(/\b([a-z][a-z\d+.-]*:\/\/).*@/is, "$1***@");
  return args
    .flatMap((arg) => [arg, arg.slice(arg.indexOf("=") + 1)])
    .reduce((left, arg) => (blot(arg) === arg ? left : left.replaceAll(arg, blot(arg))), text)
    .replaceAll(/\b([a-z][a-z\d+.-]*:\/\/)[^\s:@/]*:\S*@/gi, "$1***@")
    .replaceAll(/(\bpass(?:word|wd|phrase)?\s*[=:]\s*)('[^']*'|"[^"]*"|[^\s&'"]+)/gi, "$1***");
}
