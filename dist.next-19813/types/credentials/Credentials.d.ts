/**
 * The tunnel's own certificate and the authorities it trusts: loaded when the layer is built, replaced as a whole by every
 * reload that succeeds, untouched by one that fails (contract: credentials, sections 1 to 2.3).
 */
import { Context, Effect, Layer } from "effect";
import type { CredentialSource, RevocationConfig } from "../config/TunnelConfig.ts";
import { CredentialError } from "./CredentialError.ts";
import type { TlsMaterial } from "./TlsMaterial.ts";
/** What else a tunnel may ask for. */
export interface CredentialOptions {
    readonly revocation?: RevocationConfig | undefined;
    /** Hears, once, of a password that any user can read. */
    readonly warn?: (line: string) => void;
}
declare const Credentials_base: Context.ServiceClass<Credentials, "ghostunnel/Credentials", {
    /** The newest material. */
    readonly current: () => TlsMaterial;
    /** Reads every file once more and, if all of it is good, makes it current. */
    readonly reload: Effect.Effect<TlsMaterial, CredentialError>;
    /** The state of these files now, and when they were last read, successfully or not. */
    readonly files: {
        readonly now: Effect.Effect<string>;
        readonly read: () => string;
    };
}>;
export declare class Credentials extends Credentials_base {
    /**
     * Loads from files. Without a CA bundle the system's roots are trusted, which are read once and never again.
     */
    static readonly layer: (source: CredentialSource, caBundlePath: string | undefined, environment?: NodeJS.ProcessEnv, more?: CredentialOptions) => Layer.Layer<Credentials, CredentialError>;
}
/** The log line that names the source. */
export declare const certificateSourceLine: (source: CredentialSource) => string;
export {};
