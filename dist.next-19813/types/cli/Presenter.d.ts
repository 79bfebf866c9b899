/** Wording and streams of what the command line itself prints (contract: command line, section 1.3). */
import { Effect } from "effect";
import type { CliOutput } from "effect/cli";
import type { FlagTable } from "./Argv.ts";
/** The terminal as far as text is concerned. */
export interface Screen {
    /** The name the program was called by. */
    readonly program: string;
    readonly width: number;
}
/** `$COLUMNS`, else the terminal's width, else 80. */
export declare const screenWidth: (columns: string | undefined) => number;
/** A refused command line, on stderr. */
export declare const refuse: (screen: Screen, message: string, hint: boolean) => Effect.Effect<void>;
/** What `--version` says (contract: command line, section 1.2). */
export declare const versionLine: (release: string) => string;
/** Lets `effect/cli` speak in the contract's words, all of them on stderr. */
export declare const presenter: (screen: Screen, table: FlagTable) => CliOutput.Presenter;
