/**
 * The connections of one thread: listens, admits, forks one fiber a connection, drains. `DataPlane.layerInline` runs one on
 * the main thread, `WorkerEntry` one a worker.
 */
import { Effect, Result, type Scope } from "effect";
import type { Judge } from "../access/Verdict.ts";
import type { AccessRules } from "../config/AccessRules.ts";
import type { Address, TcpAddress, UnixAddress } from "../config/Address.ts";
import type { TlsOptions } from "../config/TlsOptions.ts";
import type { TlsMaterial } from "../credentials/TlsMaterial.ts";
import type { ThreadStats } from "../metrics/ConnectionStats.ts";
import type { ProxyProtocolMode } from "../transport/ProxyProtocol.ts";
import { type BindError, type EndpointName, TlsMaterialError, Transport } from "../transport/Transport.ts";
import type { UpstreamProxy } from "../transport/UpstreamProxy.ts";
import { type SharedSlots } from "./Admission.ts";
import * as Connection from "./Connection.ts";
import type { ConnectionRecord, RecordInterest } from "./ConnectionRecord.ts";
/** What every thread of a tunnel has in common: plain values, fit for `workerData`. Durations in milliseconds. */
export interface ProxyOptions {
    readonly mode: "server" | "client";
    readonly listen: Address;
    readonly inheritedFd: number | undefined;
    readonly target: TcpAddress | UnixAddress;
    readonly tls: TlsOptions;
    readonly access: AccessRules;
    /** Clients: the proxy that connects in our place. */
    readonly upstream: UpstreamProxy | undefined;
    /** Servers: the PROXY header that tells the target about the client. */
    readonly proxyProtocol: ProxyProtocolMode | undefined;
    /** Clients: the name to ask for and to verify. */
    readonly serverName: string;
    readonly connectTimeout: number;
    readonly closeTimeout: number;
    readonly lifetime: number;
    /** Undefined: no limit. */
    readonly slots: SharedSlots | undefined;
    /** Whether threads measure themselves. */
    readonly profiled?: boolean | undefined;
}
/** What belongs to this thread alone. */
export interface ThreadContext {
    readonly thread: number;
    /** How many threads share the process's descriptors. */
    readonly threads: number;
    readonly reusePort: boolean;
    readonly stats: ThreadStats;
    /** Too many records wait for whoever takes them: no new connections for the time being. */
    readonly isBacklogged: () => boolean;
    readonly record: (record: ConnectionRecord) => void;
    readonly interest: RecordInterest;
    readonly subjectOf: (leaf: Uint8Array) => string;
}
export interface ThreadProxy {
    readonly bound: EndpointName;
    /** The listening descriptor, where other threads can take connections from it too. */
    readonly shareableFd: number | undefined;
    readonly start: Effect.Effect<void>;
    readonly update: (material: TlsMaterial) => Effect.Effect<void, TlsMaterialError>;
    readonly stop: Effect.Effect<void>;
    readonly drained: Effect.Effect<void>;
    readonly cut: Effect.Effect<number>;
}
/** Builds the judge of a tunnel; the failure is the contract's sentence about the flag that is wrong. */
export declare const judgeOf: (options: Pick<ProxyOptions, "mode" | "access" | "serverName">) => Result.Result<Judge, string>;
/**
 * Builds one generation of TLS for the tunnel's side. `tolerated` hears why peers of unknown revocation status were
 * admitted, as often as that happens.
 */
export declare const tlsOf: (transport: Transport["Service"], options: Pick<ProxyOptions, "mode" | "access" | "serverName" | "tls">, plainJudge: Judge, material: TlsMaterial, tolerated: (why: string) => void) => Effect.Effect<Connection.Tls, TlsMaterialError, Scope.Scope>;
/** Binds and waits for `start`. Closing the scope cuts what is still open. */
export declare const make: (options: ProxyOptions, context: ThreadContext, material: TlsMaterial) => Effect.Effect<ThreadProxy, BindError | TlsMaterialError, Scope.Scope | Transport>;
