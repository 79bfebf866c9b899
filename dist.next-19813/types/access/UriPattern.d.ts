/** Patterns for URIs (contract: credentials, section 4.2): `*` is one whole segment, a final `**` is whatever follows. */
import { Result } from "effect";
export interface UriPattern {
    readonly text: string;
    /** What the first segments have to be: `*` stands for one that is not empty. */
    readonly fixed: ReadonlyArray<string>;
    /** Whether anything may follow them. */
    readonly open: boolean;
    readonly matches: (uri: string) => boolean;
}
/** Compiles a pattern. The failure is the contract's wording. */
export declare const compileUriPattern: (text: string) => Result.Result<UriPattern, string>;
/** Whether the URI would match if a single segment of it were another one. */
export declare const missesByOneSegment: ({ fixed, open }: UriPattern, uri: string) => boolean;
