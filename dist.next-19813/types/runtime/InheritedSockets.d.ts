import { Context, Layer, Result } from "effect";
import { Native } from "./Native.ts";
/** The process's environment: read, and cleared of what must not be handed on. */
export type MutableEnvironment = Record<string, string | undefined>;
/** A descriptor under the name that systemd gave it. */
export interface NamedFd {
    readonly name: string;
    readonly fd: number;
}
declare const InheritedSockets_base: Context.ServiceClass<InheritedSockets, "ghostunnel/InheritedSockets", {
    /** The descriptor of the one listener of this name, or the contract's sentence about why there is none. */
    readonly take: (name: string) => Result.Result<number, string>;
    /** Another descriptor of a socket that was taken: whoever gets it may close it, the socket stays. */
    readonly duplicate: (fd: number) => Result.Result<number, string>;
}>;
/** The listeners that systemd handed over (contract: command line, section 4.2). */
export declare class InheritedSockets extends InheritedSockets_base {
    /**
     * Listeners of this process; reads the environment when it is first asked, removes its three variables, marks every
     * descriptor close-on-exec. What is no stream listener is passed over.
     */
    static readonly layer: (env?: MutableEnvironment, pid?: number) => Layer.Layer<InheritedSockets, never, Native>;
    /** No socket was inherited. */
    static readonly layerNone: Layer.Layer<InheritedSockets>;
}
/** What the three variables promise to process `pid`; nothing when they are for another one or make no sense. Pure. */
export declare const parseListenFds: (env: Readonly<MutableEnvironment>, pid: number) => ReadonlyArray<NamedFd>;
/** Exactly one listener of a name, or the contract's sentence. Pure. */
export declare const choose: (listeners: ReadonlyArray<NamedFd>, name: string) => Result.Result<number, string>;
export {};
