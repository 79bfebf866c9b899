/** The page for people, composed; its code is loaded only where it is asked for. */
import { Effect } from "effect";
import type { TunnelConfig } from "../config/TunnelConfig.ts";
import { ConnectionStats } from "../metrics/ConnectionStats.ts";
import type { DataPlane } from "../proxy/DataPlane.ts";
import type { Numbers } from "./Numbers.ts";
import type { Standing } from "./Standing.ts";
/** Its routes; undefined where there is none. */
export declare const statusPage: (args_0: TunnelConfig, status: {
    readonly address: {
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
    };
    readonly https: boolean;
    readonly enableShutdown: boolean;
    readonly enableProfiling: boolean;
    readonly page: boolean;
    readonly targetStatus?: string;
}, parts: {
    readonly plane: DataPlane["Service"];
    readonly numbers: Numbers;
    readonly standing: Standing;
}) => Effect.Effect<import("effect/http/HttpRouter").Route<never, never>[] | undefined, never, ConnectionStats | import("effect/Scope").Scope | import("../status/Status.ts").Status>;
