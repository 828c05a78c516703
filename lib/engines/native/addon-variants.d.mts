export interface AddonVariant {
  readonly name: string;
  readonly needs: readonly string[];
}
export declare function variantsOf(architecture: string): readonly AddonVariant[];
export declare function addonSources(): { digest(encoding: "hex"): string };
export declare function removeStalePrebuilt(folder: string): void;
export declare function buildVariant(
  compile: (...args: string[]) => Promise<unknown>,
  variant: AddonVariant,
  linkFlags: (objects: readonly string[]) => string[],
  file: string,
): Promise<{ bytes: number; sha256: string }>;
