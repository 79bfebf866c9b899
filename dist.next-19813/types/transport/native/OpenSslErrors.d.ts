/** OpenSSL's error queue as errors of the shape Node gives its own: the same words then apply (`TlsErrors`). */
import type { NativeThread } from "./NativeThread.ts";
/** One entry of the queue. */
export interface OpenSslError {
    /** `ERR_SSL_WRONG_VERSION_NUMBER`, .. */
    readonly code: string;
    /** OpenSSL's own words for the reason. */
    readonly reason: string;
    readonly message: string;
}
/** An entry by its number and OpenSSL's words for it. Pure. */
export declare const openSslError: (packed: number, reason: string) => OpenSslError;
/** Takes the oldest error and forgets the others; undefined when there is none or it is the operating system's. */
export declare const takeError: (thread: NativeThread) => OpenSslError | undefined;
