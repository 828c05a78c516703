/** The package's version, which a page cannot read from its files; a run's name follows from it. */
export const packageVersion = "0.1.0";
