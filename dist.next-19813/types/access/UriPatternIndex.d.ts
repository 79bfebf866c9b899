/** Many URI patterns asked at once: a tree of segments, so that a thousand patterns cost about as much as one. */
import type { UriPattern } from "./UriPattern.ts";
/** Gives back the first pattern in the list that matches a URI. */
export declare const indexUriPatterns: (patterns: ReadonlyArray<UriPattern>) => ((uri: string) => UriPattern | undefined);
