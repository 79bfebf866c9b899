/** Reads files of certificate revocation lists: PEM with any number of them, or one in DER. */
import { Result } from "effect";
import { type RevocationList } from "../access/RevocationList.ts";
/** Every list of the files, in order. The failure names the file. */
export declare const readRevocationLists: (paths: ReadonlyArray<string>) => Result.Result<ReadonlyArray<RevocationList>, string>;
