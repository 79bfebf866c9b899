import { type SecureContext } from "node:tls";
import { Effect } from "effect";
import { type TlsOptions } from "../../config/TlsOptions.ts";
import type { TlsMaterial } from "../../credentials/TlsMaterial.ts";
import type { ClientTls, ServerTls, TlsMaterialError } from "../Transport.ts";
/** What a Node socket is told of application protocols: no context of Node's holds them. */
type Alpn = {
    readonly ALPNProtocols?: Buffer;
};
/** Server-side TLS of one generation. */
export declare class NodeServerTls implements ServerTls {
    readonly generation: number;
    readonly context: SecureContext;
    readonly requestCertificate: boolean;
    readonly alpn: Alpn;
    constructor(generation: number, context: SecureContext, requestCertificate: boolean, alpn: Alpn);
}
/** Client-side TLS of one generation. */
export declare class NodeClientTls implements ClientTls {
    readonly generation: number;
    readonly context: SecureContext;
    readonly alpn: Alpn;
    constructor(generation: number, context: SecureContext, alpn: Alpn);
}
/**
 * Builds one generation of server TLS. Node announces every anchor it is given; without announcements
 * (`sendCaNames: false`) the context therefore holds none, and `chainError` is set for every peer.
 */
export declare const serverTls: (material: TlsMaterial, options: TlsOptions & {
    readonly requestCertificate: boolean;
    readonly sendCaNames: boolean;
}) => Effect.Effect<NodeServerTls, TlsMaterialError>;
/** Builds one generation of client TLS. The first two groups are marked for a key share in the first message. */
export declare const clientTls: (material: TlsMaterial, options: TlsOptions) => Effect.Effect<NodeClientTls, TlsMaterialError>;
export {};
