/** The manual page that `--help-man` prints: the help's facts in roff. */
import type { FlagTable } from "./Argv.ts";
/** The page for this release. */
export declare const render: (table: FlagTable, version: string) => string;
