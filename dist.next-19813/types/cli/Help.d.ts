/** The help text (contract: command line, section 1.9): one long text for everything, in two columns. */
import type { FlagTable } from "./Argv.ts";
import type { FlagSpec } from "./FlagSpec.ts";
/** What stands under "Commands:" for each command. */
export declare const commandHelp: Readonly<Record<string, string>>;
/** What the program is, in one line. */
export declare const description = "A TLS proxy with mutual authentication for programs that speak plaintext.";
/** `--help` and `--version`, which belong to no table. */
export declare const builtIns: FlagSpec[];
/** A flag as the help writes it: `--name=PLACEHOLDER`, `--[no-]name`, lists with an ellipsis. */
export declare const notation: (spec: FlagSpec) => string;
/** The meaning of a flag, with the variable that stands in for it. */
export declare const meaning: (spec: FlagSpec) => string;
/** The line that shows how the program, or one command of it, is used. */
export declare const usage: (table: FlagTable, command: string | undefined) => string;
/** Breaks a text at its spaces. */
export declare const wrap: (text: string, width: number) => ReadonlyArray<string>;
/** The whole text for the program, or for one command of it. */
export declare const render: (table: FlagTable, command: string | undefined, width: number) => string;
