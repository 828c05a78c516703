import { byId, options, save } from "./dom.ts";
import { notebookName, notebookOf } from "./notebook-file.ts";
import type { Race } from "./race.ts";

/** What goes out of the page: its address, records, weights, pictures. */
export class Share {
  constructor(
    private readonly race: Race,
    private readonly svg: () => string,
  ) {
    byId("copy").addEventListener("click", async () => {
      const told = await navigator.clipboard?.writeText(location.href).then(
        () => "the address is copied",
        () => undefined,
      );
      this.tell(told ?? "copy it from the address line: this browser gives pages no clipboard");
    });
    this.button("save-record", async (unit) => {
      const { record } = await unit.asked.ask("record", {});
      save(
        `${unit.name}-${record.id}.json`,
        "application/json",
        `${JSON.stringify(record, null, 1)}\n`,
      );
    });
    this.button("save-weights", async (unit) => {
      const { bytes } = await unit.asked.ask("weights", {});
      save(`${unit.name}.safetensors`, "application/octet-stream", bytes as BlobPart);
    });
    byId("save-notebook").addEventListener("click", () => {
      const notebook = notebookOf(race.experiment, location.href);
      save(notebookName(race), "application/x-ipynb+json", notebook);
    });
    byId("save-svg").addEventListener("click", () =>
      save("curves.svg", "image/svg+xml", plainColours(this.svg())),
    );
    byId("save-png").addEventListener("click", () => void this.savePng());
  }

  show(): void {
    options(
      "export-unit",
      this.race.units.map(({ name, title }) => [name, title]),
      "gru",
    );
  }

  private button(id: string, give: (unit: Race["units"][number]) => Promise<void>): void {
    byId(id).addEventListener("click", async () => {
      const { value } = byId<HTMLSelectElement>("export-unit");
      const unit = this.race.units.find(({ name }) => name === value);
      if (!unit) return this.tell("choose a unit first");
      this.tell("the network is evaluated on all three splits …");
      await give(unit).then(
        () => this.tell("saved"),
        (error: Error) => this.tell(error.message),
      );
    });
  }

  private async savePng(): Promise<void> {
    const image = new Image();
    const address = URL.createObjectURL(
      new Blob([plainColours(this.svg())], { type: "image/svg+xml" }),
    );
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(address);
    canvas.toBlob((blob) => blob && save("curves.png", "image/png", blob));
  }

  private tell(text: string): void {
    byId("share-text").textContent = text;
  }
}

/** A picture outside of the page has no style sheet: its variables become what they are now. */
function plainColours(svg: string): string {
  const style = getComputedStyle(document.documentElement);
  const plain = svg.replace(/var\((--[a-z]+)(?:, [^)]*)?\)/g, (_, name: string) =>
    style.getPropertyValue(name).trim(),
  );
  const ground = style.getPropertyValue("--card").trim();
  return plain.replace(/(<svg [^>]*>)/, `$1<rect width="100%" height="100%" fill="${ground}"/>`);
}
