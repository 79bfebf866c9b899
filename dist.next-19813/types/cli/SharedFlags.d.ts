/** The flags that both modes take (contract: command line, section 1.5). They may stand before or after the command. */
import { Duration } from "effect";
import type { Command } from "effect/cli";
import { QuietClass } from "../config/TunnelConfig.ts";
import * as Spec from "./FlagSpec.ts";
/** The table of shared flags. */
export declare const sharedFlags: {
    readonly keystore: Spec.Declared<string>;
    readonly cert: Spec.Declared<string>;
    readonly key: Spec.Declared<string>;
    readonly storepass: Spec.Declared<import("effect/Redacted").Redacted<string>>;
    readonly storepassFile: Spec.Declared<string>;
    readonly cacert: Spec.Declared<string>;
    readonly crl: Spec.Declared<readonly string[]>;
    readonly crlMode: Spec.Declared<"strict" | "warn" | undefined>;
    readonly useWorkloadApi: Spec.Declared<boolean>;
    readonly useWorkloadApiAddr: Spec.Declared<string>;
    readonly useWorkloadApiTimeout: Spec.Declared<Duration.Duration>;
    readonly timedReload: Spec.Declared<Duration.Duration>;
    readonly watch: Spec.Declared<boolean>;
    readonly shutdownTimeout: Spec.Declared<Duration.Duration>;
    readonly connectTimeout: Spec.Declared<Duration.Duration>;
    readonly closeTimeout: Spec.Declared<Duration.Duration>;
    readonly maxConnLifetime: Spec.Declared<Duration.Duration>;
    readonly maxConcurrentConns: Spec.Declared<number>;
    readonly workers: Spec.Declared<number | "auto">;
    readonly transport: Spec.Declared<"auto" | "native" | "node">;
    readonly alpn: Spec.Declared<readonly string[]>;
    readonly metricsGraphite: Spec.Declared<{
        readonly _tag: "Tcp";
        readonly text: string;
        readonly host: string;
        readonly port: number;
    } | undefined>;
    readonly metricsUrl: Spec.Declared<string>;
    readonly metricsUrlFile: Spec.Declared<string>;
    readonly otlpEndpoint: Spec.Declared<string>;
    readonly otlpEndpointFile: Spec.Declared<string>;
    readonly otlpTraces: Spec.Declared<boolean>;
    readonly metricsPrefix: Spec.Declared<string>;
    readonly metricsInterval: Spec.Declared<Duration.Duration>;
    readonly metricsIdentities: Spec.Declared<number>;
    readonly status: Spec.Declared<string>;
    readonly enablePprof: Spec.Declared<boolean>;
    readonly enableShutdown: Spec.Declared<boolean>;
    readonly statusUi: Spec.Declared<boolean>;
    readonly quiet: Spec.Declared<readonly ("" | "all" | "conn-errs" | "conns" | "handshake-errs")[]>;
    readonly logFormat: Spec.Declared<"json" | "text">;
    readonly skipResolve: Spec.Declared<boolean>;
    readonly syslog: Spec.Declared<boolean>;
    readonly disableLandlock: Spec.Declared<boolean>;
    readonly sandbox: Spec.Declared<"auto" | "off" | "require">;
    readonly useLandlock: Spec.Declared<boolean>;
    readonly cipherSuites: Spec.Declared<string>;
    readonly allowUnsafeCipherSuites: Spec.Declared<boolean>;
    readonly maxTlsVersion: Spec.Declared<string>;
};
/** The shared flags as parsed. */
export type SharedFlags = Command.Command.Config.Infer<typeof sharedFlags>;
/** The classes of log lines that the flags silence. Known before anything else, because the log is set up by it. */
export declare const quietClasses: (flags: SharedFlags) => ReadonlyArray<QuietClass>;
