/** Rules of one kind of name and what the peer presents of it. */
export interface Asked {
    readonly label: string;
    /** Sorted, each once. */
    readonly allowed: ReadonlyArray<string>;
    readonly presented: ReadonlyArray<string>;
    readonly match: (value: string) => string | undefined;
    /** The rule that folds to the same text. */
    readonly byFolded: (folded: string) => string | undefined;
    /** The first rule that a URI misses by one segment. */
    readonly bySegment: (value: string) => string | undefined;
}
/** Without case and surrounding space. */
export declare const folded: (value: string) => string;
/** In words, the rule that would match if the peer's name were written, or placed, only a little differently. */
export declare const nearestMiss: (asked: ReadonlyArray<Asked>, everything: ReadonlyArray<readonly [label: string, values: ReadonlyArray<string>]>) => string | undefined;
