import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { databaseAddress, withoutPasswords } from "../../lib/sweep/database-address.js";

describe("an address", () => {
  it.each([
    ["postgres://me:secret@server:5432/sweeps", "postgres://me@server:5432/sweeps"],
    ["postgresql://server/sweeps", "postgresql://server/sweeps"],
    ["postgres://me:a@b:c%25@server/sweeps", "postgres://me@server/sweeps"],
    ["postgres://me@server/sweeps?password=secret&sslmode=require", "postgres://me@server/sweeps"],
    ["postgres://me%3Asecret@server/sweeps", "postgres://server/sweeps"],
    ["postgres:///sweeps?host=/var/run/postgresql&user=me", "postgres:///sweeps"],
    ["postgres://[::1]:5433/sweeps", "postgres://[::1]:5433/sweeps"],
  ])("%s is shown as %s", (url, name) => {
    expect(databaseAddress(url).name).toBe(name);
  });

  it.each([
    "here",
    "",
    "host=server user=me password=secret dbname=sweeps",
    "postgres//me:secret@server/sweeps",
    "mysql://me:secret@server/sweeps",
    "postgres://me:sec/ret@server/sweeps",
    "postgres://me:1/secret@server/sweeps",
    "postgres://me:1?secret@server/sweeps",
    "postgres://me:1#secret@server/sweeps",
    "postgres://me:secret@server:port/sweeps",
    "postgres://me:secret@server/sweeps/secret@",
    "postgres://me:sec ret@ser ver/sweeps",
    "me:secret@server/sweeps",
  ])("that cannot be read is refused without a letter of it: %s", (url) => {
    expect(() => databaseAddress(url)).toThrow(
      expect.objectContaining({
        code: "usage",
        message: expect.not.stringMatching(/secret|sec ret|me:|server/),
      }),
    );
  });

  it("whose password is any text at all never shows it", () => {
    const password = fc
      .string({ minLength: 6, unit: "binary" })
      .filter((text) => !/\p{Cs}/u.test(text));
    fc.assert(
      fc.property(password, fc.boolean(), (password, isEncoded) => {
        const written = isEncoded ? encodeURIComponent(password) : password;
        fc.pre(!"postgres://me@server/sweeps and a few words more".includes(written));
        const [name, blotted] = shown(`postgres://me:${written}@server/sweeps`, written);
        expect(name).not.toContain(written);
        expect(blotted).not.toContain(written);
      }),
      { numRuns: 500 },
    );
  });

  it("blots secrets out of others' messages, written as they are and as they are meant", () => {
    const { withoutSecrets } = databaseAddress("postgres://me:p%40ss@server/db?sslpassword=word2");
    expect(withoutSecrets("no p%40ss, no p@ss, no word2")).toBe("no ***, no ***, no ***");
  });
});

function shown(url: string, password: string): [string, string] {
  try {
    const { name, withoutSecrets } = databaseAddress(url);
    return [name, withoutSecrets(`message with ${password}`)];
  } catch (error) {
    return [(error as Error).message, ""];
  }
}

it("what a command prints shows no password of its arguments", () => {
  const url = "postgres://me:my pass/'word@server/db";
  expect(withoutPasswords(`${url}: no such folder '${url}'`, ["records", url])).toBe(
    "postgres://***@server/db: no such folder 'postgres://***@server/db'",
  );
  expect(withoutPasswords("unknown option '--DB=postgres://me:secret@h/d'")).not.toContain(
    "secret",
  );
  expect(withoutPasswords("got host=h password=secret", [])).toBe("got host=h password=***");
  expect(withoutPasswords("jsb: expected one of jsb, got a/b@c")).toBe(
    "jsb: expected one of jsb, got a/b@c",
  );
});
