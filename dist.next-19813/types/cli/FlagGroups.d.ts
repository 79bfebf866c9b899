/** The groups in which help and manual show flags: by what they are about, what only this program has last. */
import type { FlagSpec } from "./FlagSpec.ts";
/** A heading with its flags. */
export interface FlagGroup {
    readonly title: string;
    readonly flags: ReadonlyArray<FlagSpec>;
}
/** The flags that are shown, in groups; none is empty. */
export declare const grouped: (specs: ReadonlyArray<FlagSpec>) => ReadonlyArray<FlagGroup>;
