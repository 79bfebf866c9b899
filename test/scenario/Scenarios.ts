/** The one table of everything the built program is tried with from outside. */
import { isFeature } from "../support/Machine.ts"
import { cells, cellsOf } from "../support/Matrix.ts"
import type { Scenario } from "./Scenario.ts"
import { alpn } from "./topics/Alpn.ts"
import { badInput } from "./topics/BadInput.ts"
import { clientChain } from "./topics/ClientChain.ts"
import { clientLifecycle } from "./topics/ClientLifecycle.ts"
import { clientProxy } from "./topics/ClientProxy.ts"
import { clientRefusals } from "./topics/ClientRefusals.ts"
import { clientRevocation } from "./topics/ClientRevocation.ts"
import { clientTls } from "./topics/ClientTls.ts"
import { clientUnixTarget } from "./topics/ClientUnixTarget.ts"
import { clientVerify } from "./topics/ClientVerify.ts"
import { commandLine } from "./topics/CommandLine.ts"
import { jsonLog } from "./topics/JsonLog.ts"
import { messages } from "./topics/Messages.ts"
import { serverAccess } from "./topics/ServerAccess.ts"
import { serverCrash } from "./topics/ServerCrash.ts"
import { serverCredentials } from "./topics/ServerCredentials.ts"
import { serverDescriptors } from "./topics/ServerDescriptors.ts"
import { serverDial } from "./topics/ServerDial.ts"
import { serverDrain } from "./topics/ServerDrain.ts"
import { serverEcho } from "./topics/ServerEcho.ts"
import { serverFirstProcess } from "./topics/ServerFirstProcess.ts"
import { serverFuzz } from "./topics/ServerFuzz.ts"
import { serverHandshake } from "./topics/ServerHandshake.ts"
import { serverHealth } from "./topics/ServerHealth.ts"
import { serverHeap } from "./topics/ServerHeap.ts"
import { serverLauncher } from "./topics/ServerLauncher.ts"
import { serverLimit } from "./topics/ServerLimit.ts"
import { serverListener } from "./topics/ServerListener.ts"
import { serverLog } from "./topics/ServerLog.ts"
import { serverMetrics } from "./topics/ServerMetrics.ts"
import { serverNotify } from "./topics/ServerNotify.ts"
import { serverOtlp } from "./topics/ServerOtlp.ts"
import { serverPaths } from "./topics/ServerPaths.ts"
import { serverProfiling } from "./topics/ServerProfiling.ts"
import { serverProxyProtocol } from "./topics/ServerProxyProtocol.ts"
import { serverPump } from "./topics/ServerPump.ts"
import { serverPush } from "./topics/ServerPush.ts"
import { serverQuiet } from "./topics/ServerQuiet.ts"
import { serverRefusals } from "./topics/ServerRefusals.ts"
import { serverReload } from "./topics/ServerReload.ts"
import { serverRevocation } from "./topics/ServerRevocation.ts"
import { serverSandbox } from "./topics/ServerSandbox.ts"
import { serverScrape } from "./topics/ServerScrape.ts"
import { serverSocketActivation } from "./topics/ServerSocketActivation.ts"
import { serverStart } from "./topics/ServerStart.ts"
import { serverStatus } from "./topics/ServerStatus.ts"
import { serverStatusClients } from "./topics/ServerStatusClients.ts"
import { serverStatusPage } from "./topics/ServerStatusPage.ts"
import { serverStorm } from "./topics/ServerStorm.ts"
import { serverStress } from "./topics/ServerStress.ts"
import { serverSyslog } from "./topics/ServerSyslog.ts"
import { serverTelemetry } from "./topics/ServerTelemetry.ts"
import { serverTimeouts } from "./topics/ServerTimeouts.ts"
import { serverTls } from "./topics/ServerTls.ts"
import { serverWatch } from "./topics/ServerWatch.ts"

/** Scenarios by topic; each topic has a test file of its name that runs it. */
export const scenarios = {
  alpn,
  "bad-input": badInput,
  messages,
  "client-chain": clientChain,
  "client-lifecycle": clientLifecycle,
  "client-proxy": clientProxy,
  "client-refusals": clientRefusals,
  "client-unix-target": clientUnixTarget,
  "client-revocation": clientRevocation,
  "client-tls": clientTls,
  "client-verify": clientVerify,
  "command-line": commandLine,

  "json-log": jsonLog,
  "server-access": serverAccess,
  "server-credentials": serverCredentials,
  "server-crash": serverCrash,
  "server-descriptors": serverDescriptors,
  "server-dial": serverDial,
  "server-drain": serverDrain,
  "server-echo": serverEcho,
  "server-first-process": serverFirstProcess,
  "server-fuzz": serverFuzz,
  "server-handshake": serverHandshake,
  "server-heap": serverHeap,
  "server-health": serverHealth,
  "server-launcher": serverLauncher,
  "server-limit": serverLimit,
  "server-listener": serverListener,
  "server-log": serverLog,
  "server-metrics": serverMetrics,
  "server-notify": serverNotify,
  "server-otlp": serverOtlp,
  "server-profiling": serverProfiling,
  "server-proxy-protocol": serverProxyProtocol,
  "server-pump": serverPump,
  "server-push": serverPush,
  "server-quiet": serverQuiet,
  "server-paths": serverPaths,
  "server-refusals": serverRefusals,
  "server-reload": serverReload,
  "server-revocation": serverRevocation,
  "server-sandbox": serverSandbox,
  "server-scrape": serverScrape,
  "server-socket-activation": serverSocketActivation,
  "server-start": serverStart,
  "server-status": serverStatus,
  "server-status-clients": serverStatusClients,
  "server-status-page": serverStatusPage,
  "server-storm": serverStorm,
  "server-stress": serverStress,
  "server-syslog": serverSyslog,
  "server-telemetry": serverTelemetry,
  "server-timeouts": serverTimeouts,
  "server-watch": serverWatch,
  "server-tls": serverTls
} as const satisfies Readonly<Record<string, ReadonlyArray<Scenario>>>

export type Topic = keyof typeof scenarios

/** All of them. */
export const all: ReadonlyArray<Scenario> = Object.values(scenarios).flat()

/** Those that need no programs but node, npm and openssl. */
export const core: ReadonlyArray<Scenario> = all.filter((each) => each.needs.every(isFeature))

/** How many scenarios run in each cell, and how many of them belong to the core. */
export const countPerCell = (): Readonly<Record<string, number>> => {
  const runs = (of: ReadonlyArray<Scenario>, cell: string) =>
    of.filter((each) => cellsOf(each).some(({ name }) => name === cell)).length
  return Object.fromEntries([
    ...cells.map(({ name }) => [name, runs(all, name)] as const),
    ...cells.map(({ name }) => [`core ${name}`, runs(core, name)] as const)
  ])
}
