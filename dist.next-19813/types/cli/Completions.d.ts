/** Scripts with which shells complete the command line, made from the flag table: bash, zsh and fish. */
import type { FlagTable } from "./Argv.ts";
/** The shells a script can be made for. */
export type Shell = "bash" | "zsh" | "fish";
/** The script for a shell. Flags that are hidden stay so. */
export declare const render: (table: FlagTable, shell: Shell) => string;
