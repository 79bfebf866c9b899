/** The one table of everything the built program is tried with from outside. */
import { isFeature } from "../support/Machine.ts"
import { cells, cellsOf } from "../support/Matrix.ts"
import { alpn } from "./alpn.test.ts"
import { badInput } from "./bad-input.test.ts"
import { clientChain } from "./client-chain.test.ts"
import { clientLifecycle } from "./client-lifecycle.test.ts"
import { clientProxy } from "./client-proxy.test.ts"
import { clientRefusals } from "./client-refusals.test.ts"
import { clientRevocation } from "./client-revocation.test.ts"
import { clientTls } from "./client-tls.test.ts"
import { clientUnixTarget } from "./client-unix-target.test.ts"
import { clientVerify } from "./client-verify.test.ts"
import { commandLine } from "./command-line.test.ts"
import { jsonLog } from "./json-log.test.ts"
import { messages } from "./messages.test.ts"
import type { Scenario } from "./Scenario.ts"
import { serverAccess } from "./server-access.test.ts"
import { serverCrash } from "./server-crash.test.ts"
import { serverCredentials } from "./server-credentials.test.ts"
import { serverDescriptors } from "./server-descriptors.test.ts"
import { serverDial } from "./server-dial.test.ts"
import { serverDrain } from "./server-drain.test.ts"
import { serverEcho } from "./server-echo.test.ts"
import { serverFirstProcess } from "./server-first-process.test.ts"
import { serverFuzz } from "./server-fuzz.test.ts"
import { serverHandshake } from "./server-handshake.test.ts"
import { serverHealth } from "./server-health.test.ts"
import { serverHeap } from "./server-heap.test.ts"
import { serverLauncher } from "./server-launcher.test.ts"
import { serverLimit } from "./server-limit.test.ts"
import { serverListener } from "./server-listener.test.ts"
import { serverLog } from "./server-log.test.ts"
import { serverMetrics } from "./server-metrics.test.ts"
import { serverNotify } from "./server-notify.test.ts"
import { serverOtlp } from "./server-otlp.test.ts"
import { serverPaths } from "./server-paths.test.ts"
import { serverProfiling } from "./server-profiling.test.ts"
import { serverProxyProtocol } from "./server-proxy-protocol.test.ts"
import { serverPump } from "./server-pump.test.ts"
import { serverPush } from "./server-push.test.ts"
import { serverQuiet } from "./server-quiet.test.ts"
import { serverRefusals } from "./server-refusals.test.ts"
import { serverReload } from "./server-reload.test.ts"
import { serverRevocation } from "./server-revocation.test.ts"
import { serverSandbox } from "./server-sandbox.test.ts"
import { serverScrape } from "./server-scrape.test.ts"
import { serverSocketActivation } from "./server-socket-activation.test.ts"
import { serverStart } from "./server-start.test.ts"
import { serverStatus } from "./server-status.test.ts"
import { serverStatusClients } from "./server-status-clients.test.ts"
import { serverStatusPage } from "./server-status-page.test.ts"
import { serverStorm } from "./server-storm.test.ts"
import { serverStress } from "./server-stress.test.ts"
import { serverSyslog } from "./server-syslog.test.ts"
import { serverTelemetry } from "./server-telemetry.test.ts"
import { serverTimeouts } from "./server-timeouts.test.ts"
import { serverTls } from "./server-tls.test.ts"
import { serverWatch } from "./server-watch.test.ts"

/** Scenarios by topic; the test file of a topic's name holds them and runs them. */
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
