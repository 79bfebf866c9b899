import { type Duration, Result } from "effect";
import * as Address from "../config/Address.ts";
import type { Workers } from "../config/TunnelConfig.ts";
/** Reads one value; the failure is the sentence the user sees. */
export interface Grammar<A> {
    (text: string): Result.Result<A, string>;
    /** All the words there are, where they can be counted. */
    readonly choices?: ReadonlyArray<string>;
}
/** A text in the quotes that error sentences use. */
export declare const quote: (text: string) => string;
/** Any text, the empty one too. */
export declare const text: Grammar<string>;
/** A Go duration with kingpin's days and weeks. */
export declare const duration: Grammar<Duration.Duration>;
/** A number from 0 to 2^32 - 1 in any base of Go's literals, with `_` between digits. */
export declare const uint32: Grammar<number>;
/** A whole number. */
export declare const int: Grammar<number>;
/** One of these words, exactly. */
export declare const oneOf: <const Word extends string>(words: ReadonlyArray<Word>) => Grammar<Word>;
/** A literal IPv4 or IPv6 address, without a zone. */
export declare const ip: Grammar<string>;
/** The number of worker threads, or `auto`. */
export declare const workers: Grammar<Workers>;
/** How many identities are shown by name. */
export declare const identities: Grammar<number>;
/** The name of an application protocol (RFC 7301). */
export declare const protocol: Grammar<string>;
/** A URL as Go parses one: hardly anything is refused, not even the absence of a scheme. */
export declare const url: Grammar<string>;
/** A URL that may hold a password: what is wrong with it is said without repeating what might be part of one. */
export declare const secretUrl: Grammar<string>;
/** The syntax of `HOST:PORT`; whether the host resolves is asked afterwards. */
export declare const tcpAddress: Grammar<Address.TcpAddress>;
