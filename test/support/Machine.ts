/**
 * What a machine may be unable to do whatever is installed on it. Tests of it are not registered there; `test/README.md`
 * lists them.
 */
import { spawnSync } from "node:child_process"
import { networkInterfaces } from "node:os"
import { Result } from "effect"
import { loadNative } from "../../src/runtime/Native.ts"
import { inFirstProcess } from "./FirstProcess.ts"
import { hasPrivateDev } from "./PrivateDev.ts"
import { hasOwnNetwork } from "./PrivateNetwork.ts"

/** Whether a command that does nothing starts where a program would. */
const starts = ([command = "", ...words]: ReadonlyArray<string>): boolean =>
  spawnSync(command, [...words, "true"]).status === 0

const checks = {
  /** An IPv6 loopback address. */
  ipv6: () => networkInterfaces()["lo"]?.some(({ address }) => address === "::1") === true,
  /** A network namespace of one's own. */
  "own-network": hasOwnNetwork,
  /** A PID namespace of one's own. */
  "pid-namespace": () => starts(inFirstProcess()),
  /** A mount namespace of one's own, with a `/dev` in it. */
  "mount-namespace": hasPrivateDev,
  /** glibc's checking allocator: the loader complains about a library that it does not find. */
  "malloc-debug": () => {
    const env = { ...process.env, LD_PRELOAD: "libc_malloc_debug.so.0" }
    return spawnSync("true", { env, encoding: "utf8" }).stderr === ""
  },
  /** Landlock with rules for TCP ports. */
  landlock: () => Result.getOrElse(loadNative().landlock.abi(), () => 0) >= 4
} as const satisfies Readonly<Record<string, () => boolean>>

export type Feature = keyof typeof checks

export const isFeature = (name: string): name is Feature => name in checks

const found = new Map<Feature, boolean>()

/** Whether this machine can do it. */
export const can = (feature: Feature): boolean => {
  const known = found.get(feature) ?? checks[feature]()
  found.set(feature, known)
  return known
}
