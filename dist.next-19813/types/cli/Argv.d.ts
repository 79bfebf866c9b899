/**
 * Where Ghostunnel's parser ("kingpin") and `effect/cli` part: this pre-pass reads argv by kingpin's rules, refuses in its
 * words and in its order (contract: command line, section 1.2), and hands on an argv that `effect/cli` cannot misread:
 * the command, then `--name=value` for every flag.
 */
import type { FlagSpec } from "./FlagSpec.ts";
/** The flags that may stand anywhere, and those that each command adds. */
export interface FlagTable {
    readonly shared: ReadonlyArray<FlagSpec>;
    readonly commands: Readonly<Record<string, ReadonlyArray<FlagSpec>>>;
}
/** What is to be done with a command line. */
export type Reading = 
/** Well-formed as far as words go: `effect/cli` takes over with this argv. */
{
    readonly _tag: "Proceed";
    readonly argv: ReadonlyArray<string>;
}
/** A shell asks what could stand next. */
 | {
    readonly _tag: "Complete";
    readonly candidates: ReadonlyArray<string>;
}
/** Not well-formed; `hint` says whether the message ends in "try --help". */
 | {
    readonly _tag: "Refused";
    readonly message: string;
    readonly hint: boolean;
};
/** Reads a command line. Response files are read by `readFile`, which gives `undefined` for what it cannot open. */
export declare const read: (argv: ReadonlyArray<string>, table: FlagTable, readFile: (path: string) => string | undefined) => Reading;
