import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openData, openMusic } from "../../data-prep/open.js";
import { musicSources } from "../../data-prep/sources.js";
import { mirror, withoutMirror } from "../data/mirror.js";
import { newFolder } from "./server.js";

describe("openMusic", () => {
  const folder = newFolder();
  const said: string[] = [];
  beforeEach(() => {
    said.length = 0;
    vi.stubEnv("GATED_RNN_DATA", join(folder, "data"));
    vi.stubEnv("GATED_RNN_OFFLINE", "1");
    vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(`${text}`) > 0);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it("composes the synthetic chorales and knows no other names than its own", async () => {
    expect(await openMusic("synthetic")).toMatchObject({ name: "synthetic", synthetic: true });
    const message =
      "data: expected one of jsb, nottingham, musedata, piano-midi, synthetic, got bach";
    await expect(openMusic("bach")).rejects.toMatchObject({ code: "usage", message });
  });

  it("says why a set cannot be had", async () => {
    vi.stubEnv("GATED_RNN_MIRROR", join(folder, "nowhere"));
    await expect(openMusic("jsb")).rejects.toMatchObject({
      code: "data-missing",
      message: expect.stringContaining("set GATED_RNN_MIRROR"),
    });
  });

  it.skipIf(!mirror)(
    `prepares a set on first use, saying so, and loads it after that${withoutMirror}`,
    async () => {
      vi.stubEnv("GATED_RNN_MIRROR", mirror as string);
      expect((await openMusic("jsb")).checksum).toBe(musicSources.jsb.checksum);
      expect(said).toEqual(["preparing jsb\n"]);
      vi.stubEnv("GATED_RNN_MIRROR", "");
      expect((await openMusic("jsb")).checksum).toBe(musicSources.jsb.checksum);
      expect(said).toHaveLength(1);
    },
  );

  it.skipIf(!mirror)(
    `prepares each set once, however many ask for it at the same time${withoutMirror}`,
    async () => {
      vi.stubEnv("GATED_RNN_MIRROR", mirror as string);
      vi.stubEnv("GATED_RNN_DATA", join(newFolder(), "data"));
      const names = ["speech-a", "jsb", "speech-b", "jsb", "speech-a"];
      const sets = await Promise.all(names.map((name) => openData(name)));
      expect(sets.map(({ name }) => name)).toEqual(names);
      expect(said.sort()).toEqual(
        ["jsb", "speech-a", "speech-b"].map((name) => `preparing ${name}\n`),
      );
    },
  );
});
