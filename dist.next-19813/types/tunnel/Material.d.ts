/** A tunnel's certificate and trust, and the TLS of the main thread that is made of them. */
import { Effect, Layer } from "effect";
import type { TunnelConfig } from "../config/TunnelConfig.ts";
import { Credentials } from "../credentials/Credentials.ts";
import type { TlsMaterial } from "../credentials/TlsMaterial.ts";
import type { Plan } from "../proxy/Plan.ts";
import { Log } from "../runtime/Logging.ts";
import { type StartError } from "../runtime/StartError.ts";
import { Transport } from "../transport/Transport.ts";
/** Loads them, saying where from. */
export declare const credentialsLayer: (config: TunnelConfig) => Layer.Layer<Credentials, StartError, Log>;
/** TLS of the main thread itself, for what it dials: the client mode's backend check. */
export declare const ownTls: (config: TunnelConfig, proxy: Plan) => Effect.Effect<{
    /** What a client dials with at this moment; a server dials in plaintext. */
    client: () => {
        readonly mode: "client";
        readonly context: import("../transport/Transport.ts").ClientTls;
        readonly judge: import("../access/Verdict.ts").Judge;
        readonly serverName: string;
    } | undefined;
    /** Fails, and changes nothing, when OpenSSL will not take the material. */
    update: (material: TlsMaterial) => Effect.Effect<void, import("../transport/Transport.ts").TlsMaterialError, never>;
}, StartError, Credentials | import("effect/Scope").Scope | Transport>;
export type OwnTls = Effect.Success<ReturnType<typeof ownTls>>;
