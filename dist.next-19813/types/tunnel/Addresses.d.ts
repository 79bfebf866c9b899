import { Effect } from "effect";
import type { TunnelConfig } from "../config/TunnelConfig.ts";
import { InheritedSockets } from "../runtime/InheritedSockets.ts";
import { type StartError } from "../runtime/StartError.ts";
/** The descriptor that stands in for an address; none where the address is bound. */
export declare const inherited: (address: {
    readonly _tag: "Tcp";
    readonly text: string;
    readonly host: string;
    readonly port: number;
} | {
    readonly _tag: "Unix";
    readonly text: string;
    readonly path: string;
} | {
    readonly _tag: "Systemd";
    readonly text: string;
    readonly name: string;
} | {
    readonly _tag: "Launchd";
    readonly text: string;
    readonly name: string;
}, failed: (message: string) => StartError) => Effect.Effect<number | undefined, StartError, InheritedSockets>;
/** The target's name must mean something at start; every dial looks it up again. */
export declare const resolveTarget: (config: TunnelConfig) => Effect.Effect<void, StartError>;
