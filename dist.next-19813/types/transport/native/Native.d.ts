/** What the parts of this transport share on one thread. */
import { NativeThread } from "./NativeThread.ts";
import { SocketCalls } from "./SocketCalls.ts";
import { TlsContexts } from "./TlsContext.ts";
import { Verifier } from "./Verifier.ts";
export interface Native {
    readonly thread: NativeThread;
    readonly sockets: SocketCalls;
    readonly verifier: Verifier;
    readonly contexts: TlsContexts;
}
/** The calling thread's. It is never given up: C knows addresses in it. Throws where something is missing. */
export declare const loadNative: () => Native;
