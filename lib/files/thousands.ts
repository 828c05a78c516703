/** A count with a comma between thousands. */
export const thousands = (count: number): string => count.toLocaleString("en");
