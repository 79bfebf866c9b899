import { Effect, type Scope } from "effect";
import { type TlsOptions } from "../../config/TlsOptions.ts";
import type { TlsMaterial } from "../../credentials/TlsMaterial.ts";
import type { ClientTls, ServerTls, TlsMaterialError } from "../Transport.ts";
import { type NativeThread } from "./NativeThread.ts";
import type { ProtocolChoice } from "./ProtocolChoice.ts";
import type { Verifier } from "./Verifier.ts";
/** A context and who may still use it. */
export declare class TlsContext {
    #private;
    constructor(thread: NativeThread, method: bigint);
    /** A new `SSL` of it, which keeps what it needs of the context; undefined when there cannot be one any more. */
    newSession(): bigint | undefined;
    /** Lets this configure it. Throws what OpenSSL says when a call did not succeed. */
    configure(run: (pointer: bigint, must: (result: number | bigint) => void) => void): void;
    /** Frees it at once. Idempotent. */
    free(): void;
    /** Frees it soon. */
    retire(): void;
}
/** Server-side TLS of one generation. */
export declare class NativeServerTls implements ServerTls {
    readonly generation: number;
    readonly context: TlsContext;
    readonly requestCertificate: boolean;
    constructor(generation: number, context: TlsContext, requestCertificate: boolean);
}
/** Client-side TLS of one generation. */
export declare class NativeClientTls implements ClientTls {
    readonly generation: number;
    readonly context: TlsContext;
    constructor(generation: number, context: TlsContext);
}
/** Makes contexts on one thread. */
export declare class TlsContexts {
    #private;
    constructor(thread: NativeThread, verifier: Verifier, protocols: ProtocolChoice);
    /** Builds one generation of server TLS. */
    server(material: TlsMaterial, options: TlsOptions & {
        readonly requestCertificate: boolean;
        readonly sendCaNames: boolean;
    }): Effect.Effect<NativeServerTls, TlsMaterialError, Scope.Scope>;
    /** Builds one generation of client TLS. The first two groups are marked for a key share in the first message. */
    client(material: TlsMaterial, options: TlsOptions): Effect.Effect<NativeClientTls, TlsMaterialError, Scope.Scope>;
}
