import type { TlsFacts } from "../Transport.ts";
import { type Channel } from "./Channel.ts";
import { type NativeThread } from "./NativeThread.ts";
import type { TlsContext } from "./TlsContext.ts";
import type { Examination, Verifier } from "./Verifier.ts";
/** What a step of the handshake needs next. */
export type HandshakeStep = "done" | "read" | "write" | "failed";
export declare class TlsSession implements Channel {
    #private;
    error: unknown;
    /** The session is dead: nothing can be read or written any more, not even a goodbye. */
    failed: boolean;
    readNeedsWrite: boolean;
    private constructor();
    /** A session on a context; undefined when that is gone. */
    static of(thread: NativeThread, context: TlsContext, role: "server" | "client"): TlsSession | undefined;
    /** Puts it on a connected socket; false when memory is short. */
    attach(fd: number): boolean;
    /** Asks for this name by SNI; false when it is none that can be asked for. */
    ask(name: string): boolean;
    handshake(verifier: Verifier, examination: Examination): HandshakeStep;
    get resumed(): boolean;
    /** What the finished handshake settled. */
    facts(peerChain: ReadonlyArray<Uint8Array>, admittedBy: string): TlsFacts;
    /** Reads up to four records. Only whole ones go on from slot to slot: what is read lies without gaps. */
    fill(): number;
    hasMore(): boolean;
    write(at: bigint, size: number): number;
    flush(): boolean;
    endWrites(): boolean;
    free(): void;
}
