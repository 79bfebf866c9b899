/** The page at `/debug/pprof/`. */
/** The page; profiles without a count show 0. */
export declare const indexPage: (counts: ReadonlyMap<string, number>) => string;
