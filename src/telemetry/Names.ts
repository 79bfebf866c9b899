/**
 * All metric families beyond those of the Go program: names, help texts and buckets (docs/compatibility/status-and-metrics.md, 13). The
 * tunnel's own carry `--metrics-prefix`; process and Node families have their conventional names.
 */
import type { Described } from "./Registry.ts"

/** Makes a prefix valid in classic Prometheus names. */
const sanitize = (prefix: string): string => prefix.replace(/[^a-zA-Z0-9_:]/gu, "_").replace(/^[0-9]/, "_$&")

/** The tunnel's families. */
export const tunnelNames = (prefix: string) => {
  const head = prefix === "" ? "" : `${sanitize(prefix)}_`
  const describe = (name: string, help: string): Described => ({ name: head + name, help })
  return {
    accepted: describe("connections_accepted", "Connections taken from the listener."),
    active: describe("connections_active", "Connections open now, those still in their handshake among them."),
    established: describe("connections_established", "Connections whose pipe was opened."),
    closed: describe("connections_closed", "Pipes that have ended, by what ended them."),
    carried: describe("carried_bytes", "Bytes carried, forwarded to the target or returned from it."),
    handshake: describe("handshake_duration_seconds", "From accept to the access decision, of servers, by its result."),
    dial: describe("dial_duration_seconds", "Reaching the target, of clients TLS and the access decision included."),
    connection: describe(
      "connection_duration_seconds",
      "From accept to the end of a connection, of those that opened a pipe."
    ),
    errors: describe("errors", "Connections that failed, by stage and reason."),
    handshakes: describe("handshakes", "TLS handshakes whose peer was admitted, by what they settled."),
    certificate: describe(
      "certificate_not_after_timestamp_seconds",
      "Expiry of each certificate in play: our leaf, the chain we send, the authorities we trust that are still valid."
    ),
    expiredAuthorities: describe(
      "expired_authorities",
      "Trusted authorities that have expired; the expiry metric leaves them out."
    ),
    listNumber: describe("revocation_list_number", "CRL number of each revocation list in use."),
    listThisUpdate: describe("revocation_list_this_update_timestamp_seconds", "When each revocation list was issued."),
    listNextUpdate: describe(
      "revocation_list_next_update_timestamp_seconds",
      "Until when each revocation list in use is valid."
    ),
    listAge: describe("revocation_list_age_seconds", "Time since each revocation list in use was issued."),
    listFetched: describe(
      "revocation_fetch_last_success_timestamp_seconds",
      "When revocation lists were last fetched from each URL; 0 for never."
    ),
    listFetchFailed: describe(
      "revocation_fetch_failed",
      "1 when the last attempt to fetch revocation lists from the URL failed."
    ),
    reloads: describe("reloads", "Reloads of certificates and authorities, by their result."),
    lastReload: describe("last_successful_reload_timestamp_seconds", "When certificates were last loaded."),
    build: describe("build_info", "Always 1; the labels tell what is running."),
    slots: describe("connection_slots", "Connections that are allowed at a time."),
    slotsUsed: describe("connection_slots_used", "Connections that hold a slot now."),
    workers: describe("workers", "Threads that carry connections; 0 where the main one does."),
    workersReplaced: describe("workers_replaced", "Threads that died and were replaced."),
    lag: describe(
      "event_loop_lag_seconds",
      "How late a timer of the thread was, of those due in the last half second."
    ),
    utilization: describe(
      "event_loop_utilization_ratio",
      "Share of the last half second in which the thread was busy."
    ),
    identityConnections: describe("identity_connections", "Pipes opened, by the peer's identity."),
    identityBytes: describe(
      "identity_carried_bytes",
      "Bytes carried by connections that have ended, by the peer's identity."
    )
  }
}

/** Families of the runtime. */
export const runtimeNames = {
  heapTotal: { name: "nodejs_heap_size_total_bytes", help: "Heap that V8 holds on the main thread." },
  heapUsed: { name: "nodejs_heap_size_used_bytes", help: "Heap in use on the main thread." },
  external: { name: "nodejs_external_memory_bytes", help: "Memory outside the heap that belongs to its objects." },
  collections: {
    name: "nodejs_gc_duration_seconds",
    help: "Pauses for garbage collection on the main thread, by kind."
  },
  fibers: { name: "nodejs_fibers", help: "Effect fibers alive in this process." },
  version: { name: "nodejs_version_info", help: "Always 1; the label tells Node's version." }
} as const

/** Buckets in seconds for handshakes and dials, from a local peer to one close to the timeout. */
export const briefly = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Buckets in seconds for connection lifetimes, from one request to a day. */
export const lasting = [0.01, 0.1, 1, 10, 60, 300, 1800, 3600, 21_600, 86_400]
/** Buckets in seconds for garbage collection pauses. */
export const pauses = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5]
