/** The optional keys of `/_status` that follow the Go program's. Pure. */
import type { SandboxReceipt } from "../runtime/Landlock.ts"

/** A JSON value; keys that are undefined are omitted. */
export type Json = string | number | boolean | null | undefined | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** Optional keys in their order, evaluated for every request. */
export type MoreFacts = () => Readonly<Record<string, Json>>

/** Threads that carry connections. */
export interface ThreadFacts {
  /** For each worker thread, whether it accepts connections now; empty if the main thread carries them. */
  readonly serving: ReadonlyArray<boolean>
  /** Threads that died and were replaced since the start. */
  readonly replaced: number
}

/**
 * `enforced`: files and both kinds of ports are restricted; `partial`: only some; `unavailable`: none; `off`: not requested.
 */
export const sandboxState = (receipt: SandboxReceipt): "enforced" | "partial" | "off" | "unavailable" => {
  if (receipt.mode === "off") return "off"
  if (receipt.enforced.length === 0) return "unavailable"
  return ["files", "TCP listening", "TCP connecting"].every((name) => receipt.enforced.includes(name))
    ? "enforced"
    : "partial"
}

/** The key `sandbox`. */
export const sandboxFacts = (receipt: SandboxReceipt): Json => ({
  state: sandboxState(receipt),
  abi: receipt.abi,
  enforced: receipt.enforced,
  not_enforced: receipt.notEnforced,
  threads_outside: receipt.threadsOutside
})

/** The key `workers`. */
export const workerFacts = ({ replaced, serving }: ThreadFacts): Json => ({
  number: serving.length,
  threads: serving.map((now, thread) => ({ thread, serving: now })),
  replaced
})
