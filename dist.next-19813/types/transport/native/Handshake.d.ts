/** Takes a TLS handshake to its end and its verdict, within a deadline. Server and client side share it. */
import type { Judge } from "../../access/Verdict.ts";
import { type Explained } from "../TlsErrors.ts";
import type { Descriptor } from "./Descriptor.ts";
import type { Native } from "./Native.ts";
import { type Ends, NativeStream } from "./NativeStream.ts";
import type { TlsSession } from "./TlsSession.ts";
/** A handshake under way. */
export interface HandshakePlan {
    readonly session: TlsSession;
    readonly descriptor: Descriptor;
    readonly role: "server" | "client";
    readonly certificateAsked: boolean;
    readonly judge: Judge;
    readonly deadline: number;
    readonly ends: Ends;
    readonly done: (stream: NativeStream) => void;
    readonly failed: (why: Explained) => void;
}
/** Follows the handshake to its end: `done` or `failed` is called once, unless the given-back function cancels it. */
export declare const follow: (native: Native, plan: HandshakePlan) => (() => void);
