import { expect, it } from "vitest";
import { Silence } from "../../lib/sweep/silence.js";

const signs = (entries: Record<string, string>) => new Map(Object.entries(entries));

it("names who has given no new sign for so many looks, and nobody before", () => {
  const silence = new Silence(2);
  expect(silence.look(signs({ a: "1", b: "1" }))).toEqual([]);
  expect(silence.look(signs({ a: "1", b: "2" }))).toEqual([]);
  expect(silence.look(signs({ a: "1", b: "3" }))).toEqual(["a"]);
});

it("begins again with every sign, a smaller number included, and with who was away", () => {
  const silence = new Silence(2);
  for (const sign of ["5", "5", "1", "1"]) expect(silence.look(signs({ a: sign }))).toEqual([]);
  expect(silence.look(signs({}))).toEqual([]);
  for (const sign of ["1", "1"]) expect(silence.look(signs({ a: sign }))).toEqual([]);
  expect(silence.look(signs({ a: "1" }))).toEqual(["a"]);
});
