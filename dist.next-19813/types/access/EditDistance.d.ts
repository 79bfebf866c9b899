/** How many typing mistakes lie between two words: a character too many, missing, another one, or two exchanged. */
/**
 * The number of mistakes, or `limit + 1` when there are more. Meant for limits of one or two, where it is a matter of a few
 * steps whatever the length. Compares UTF-16 units.
 */
export declare const editDistance: (a: string, b: string, limit: number) => number;
