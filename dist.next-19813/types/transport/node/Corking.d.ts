/** Several TLS records of one turn of the event loop leave in one write. */
import type { Socket } from "node:net";
/** Holds what is written to the socket until this turn's reads are done, if the chunk to come is a large one. */
export declare const corkForTurn: (socket: Socket, size: number) => void;
