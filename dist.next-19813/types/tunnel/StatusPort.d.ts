/** The status port of a tunnel, composed. */
import { Effect } from "effect";
import type { TunnelConfig } from "../config/TunnelConfig.ts";
import { Credentials } from "../credentials/Credentials.ts";
import type { DataPlane } from "../proxy/DataPlane.ts";
import type { Plan } from "../proxy/Plan.ts";
import type { OwnTls } from "./Material.ts";
import type { Numbers } from "./Numbers.ts";
import type { Standing } from "./Standing.ts";
/** The code of the status port is loaded only where one is configured. */
export declare const loadStatus: Effect.Effect<[typeof import("../status/StatusServer.ts"), typeof import("../status/BackendCheck.ts")], never, never>;
/** What the status port shows and asks. */
export interface StatusParts {
    readonly proxy: Plan;
    readonly own: OwnTls;
    readonly plane: DataPlane["Service"];
    readonly numbers: Numbers;
    readonly standing: Standing;
}
/** The status port. */
export declare const openStatus: (config: TunnelConfig, status: {
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
}, args_2: StatusParts) => Effect.Effect<{
    readonly bound: import("../index.ts").EndpointName;
    readonly protocol: "http" | "https";
    readonly update: (material: import("../credentials/TlsMaterial.ts").TlsMaterial) => Effect.Effect<void, import("../index.ts").TlsMaterialError>;
    readonly stop: Effect.Effect<void>;
}, import("../runtime/StartError.ts").StartError, import("../metrics/ConnectionStats.ts").ConnectionStats | Credentials | import("../runtime/InheritedSockets.ts").InheritedSockets | import("../index.ts").Lifecycle | import("../index.ts").Log | import("effect/Scope").Scope | import("../status/Status.ts").Status | import("../index.ts").Transport>;
