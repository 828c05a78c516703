import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Bundlers do not follow it: the files stay in their package. */
const native = createRequire(__filename);

/** The one font of all pictures, for resvg: text shows, and is measured, on machines that have none. */
export function pictureFonts() {
  const folder = dirname(native.resolve("@expo-google-fonts/open-sans/package.json"));
  const files = ["400Regular/OpenSans_400Regular.ttf", "600SemiBold/OpenSans_600SemiBold.ttf"];
  return {
    loadSystemFonts: false,
    fontFiles: files.map((file) => join(folder, file)),
    defaultFontFamily: "Open Sans",
    sansSerifFamily: "Open Sans",
  };
}
