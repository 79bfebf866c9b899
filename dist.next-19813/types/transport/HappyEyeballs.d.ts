import type { TcpAddress, UnixAddress } from "../config/Address.ts";
import type { Explained } from "./TlsErrors.ts";
/** Told once how it went. */
export interface Connected<A> {
    readonly done: (socket: A) => void;
    readonly failed: (why: Explained) => void;
}
/** Tries one address (an IP address, or a path as people write it); tells once how it went. Gives back what gives it up. */
export type Attempt<A> = (target: {
    readonly host: string;
    readonly port: number;
} | {
    readonly path: string;
}, outcome: {
    readonly done: (socket: A) => void;
    readonly failed: (error: unknown) => void;
}) => () => void;
/** Connects by means of `attempt`. Gives back what gives it up. */
export declare const connectBy: <A>(attempt: Attempt<A>, target: TcpAddress | UnixAddress, deadline: number, outcome: Connected<A>) => (() => void);
