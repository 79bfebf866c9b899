/** Plain connections on Node's sockets. */
import { type Socket } from "node:net";
import type { TcpAddress, UnixAddress } from "../../config/Address.ts";
import { type Connected } from "../HappyEyeballs.ts";
import { ScratchReader } from "./ScratchReader.ts";
/** A connected socket: paused and unread. It reads through the reader, if one was asked for. */
export interface Connection {
    readonly socket: Socket;
    readonly reader: ScratchReader | undefined;
}
/** Connects. Gives back what gives it up. With `scratch` the socket reads through a `ScratchReader`: not for TLS on top. */
export declare const connect: (target: TcpAddress | UnixAddress, deadline: number, outcome: Connected<Connection>, scratch?: boolean) => (() => void);
