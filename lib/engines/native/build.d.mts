/** The compiler's words: those of CC, else cc. */
export function compilerWords(cc?: string): readonly [string, ...string[]];
