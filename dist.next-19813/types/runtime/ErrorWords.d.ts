/** Go's words for what Node reports about sockets and handshakes, as far as the status port shows or logs them. */
/** The parts of Node's errors that are read here; all of them may be missing. */
export interface NodeError {
    readonly code: string | undefined;
    readonly syscall: string | undefined;
    readonly address: string | undefined;
    readonly port: number | undefined;
    readonly hostname: string | undefined;
    readonly message: string;
}
/** Reads an error of Node's; of several connect attempts the first. */
export declare const nodeError: (error: unknown) => NodeError;
/** The system's own sentence for an error code; the error's message where we do not know it. */
export declare const errnoWords: (error: NodeError) => string;
/** `HOST:PORT` with IPv6 in brackets and IPv4-mapped addresses as IPv4. */
export declare const joinHostPort: (host: string, port: number) => string;
/** Go's sentence for a name that does not resolve, without what was attempted. */
export declare const lookupWords: (error: NodeError, host: string) => string;
/** Why a handshake failed, without the log line's prefix. */
export declare const handshakeWords: (cause: unknown) => string;
