/** Which transport a tunnel gets. Neither's code is loaded before it is chosen. */
import type { Layer } from "effect";
import type { TransportChoice } from "../config/TunnelConfig.ts";
import type { Transport } from "./Transport.ts";
export type TransportName = Transport["Service"]["name"];
/** The choice, and why it is not the one that was wished for. */
export interface Chosen {
    readonly name: TransportName;
    readonly instead: string | undefined;
}
/** Decides. The native transport has to pass its self-test first. */
export declare const chooseTransport: (wish: TransportChoice) => Promise<Chosen>;
/** The layer of that name. */
export declare const loadTransport: (name: TransportName) => Promise<Layer.Layer<Transport>>;
