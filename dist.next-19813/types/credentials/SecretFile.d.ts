/** Secrets in files of their own, so that no process list and no environment shows them. */
import { Redacted, Result } from "effect";
/** A secret, and what is to be said about where it was found. */
export interface SecretFile {
    readonly secret: Redacted.Redacted;
    /** Any user of the machine may read the file. */
    readonly isExposed: boolean;
}
/**
 * Reads the secret at a path, or that of `credential:NAME`. One line break at the end is no part of it. The failure says
 * which of them and why.
 */
export declare const readSecretFile: (what: string, text: string, environment: NodeJS.ProcessEnv) => Result.Result<SecretFile, string>;
