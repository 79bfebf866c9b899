import { Result } from "effect";
/** One certificate an entry. */
export type TrustAnchors = ReadonlyArray<string>;
/** The anchors of a bundle; none is a failure. */
export declare const parseCaBundle: (bundle: Uint8Array) => Result.Result<TrustAnchors, string>;
/** Reads a bundle file. */
export declare const readCaBundle: (path: string) => Result.Result<TrustAnchors, string>;
/**
 * The system's roots: the first bundle file that exists and every file of the directories. Having none is no failure:
 * nobody is trusted then.
 */
export declare const readSystemRoots: (environment: NodeJS.ProcessEnv) => TrustAnchors;
