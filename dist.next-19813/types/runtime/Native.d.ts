import { Context, Layer, Result } from "effect";
/** A call that failed. */
export interface NativeError {
    readonly _tag: "NativeError";
    readonly call: string;
    readonly errno: number;
}
/** What a call gives: its value, or which call failed and why. */
export type Outcome<A> = Result.Result<A, NativeError>;
/** What the kernel says of a descriptor that is a socket. */
export interface SocketFacts {
    readonly family: "inet" | "inet6" | "unix" | "other";
    readonly stream: boolean;
    readonly listening: boolean;
}
/** Landlock's system calls; rights are the kernel's bit masks (contract: command line, section 7). */
export interface LandlockCalls {
    /** The kernel's version of the interface; fails where there is none. */
    readonly abi: () => Outcome<number>;
    /** A new ruleset that handles these rights; its descriptor belongs to the caller. */
    readonly createRuleset: (handled: {
        readonly fs: number;
        readonly net: number;
    }) => Outcome<number>;
    /** Allows rights on what is below an open directory, or on an open file. */
    readonly allowPath: (ruleset: number, rights: number, fd: number) => Outcome<void>;
    readonly allowPort: (ruleset: number, rights: number, port: number) => Outcome<void>;
    /** Binds the calling thread and threads it starts from now on, for ever. */
    readonly restrictSelf: (ruleset: number, flags: number) => Outcome<void>;
}
/** The calls as plain functions: they return at once and never throw. */
export interface NativeCalls {
    /** Whether there is a libc to call at all. */
    readonly available: boolean;
    /**
     * A connected UNIX socket (`@name`: abstract), close-on-exec; connecting and each write wait at most `timeout` ms.
     */
    readonly connectUnix: (path: string, type: "datagram" | "stream", timeout: number) => Outcome<number>;
    /** Writes to a connected socket without raising SIGPIPE; succeeds with how many bytes were taken. */
    readonly send: (fd: number, bytes: Uint8Array) => Outcome<number>;
    readonly close: (fd: number) => void;
    /** One datagram from a new socket. */
    readonly sendDatagram: (path: string, bytes: Uint8Array) => Outcome<void>;
    readonly socketFacts: (fd: number) => Outcome<SocketFacts>;
    /** No program that this process starts inherits the descriptor. */
    readonly setCloseOnExec: (fd: number) => Outcome<void>;
    /** Another descriptor of the same open file, which no program that this process starts inherits. */
    readonly duplicate: (fd: number) => Outcome<number>;
    /** `exec` grants nothing any more: what Landlock demands of unprivileged processes. */
    readonly setNoNewPrivileges: () => Outcome<void>;
    /**
     * The host's first address, IPv4 before IPv6, or undefined when it has none: asks on this thread, so that no helper
     * thread exists before the sandbox does.
     */
    readonly lookup: (host: string) => Outcome<string | undefined>;
    readonly landlock: LandlockCalls;
}
declare const Native_base: Context.ServiceClass<Native, "ghostunnel/Native", NativeCalls>;
/** libc, for the parts of the contract that Node has no API for (command line, sections 4.2, 5.6, 6.5 and 7). */
export declare class Native extends Native_base {
    /** libc where it can be called, else the same as `layerNull`. Never warns on stderr. */
    static readonly layer: Layer.Layer<Native>;
    /** Every call fails. */
    static readonly layerNull: Layer.Layer<Native>;
}
/** Says what failed in the system's words. */
export declare const describe: (error: NativeError) => string;
/** The calls of this thread, without a layer: for what runs before Effect does. */
export declare const loadNative: () => NativeCalls;
/** `struct sockaddr_un` for a path or an abstract name, or undefined when it does not fit. */
export declare const unixAddress: (path: string) => Buffer | undefined;
export {};
