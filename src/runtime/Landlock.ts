/**
 * Sandboxes the process with Landlock, as far as the kernel can (docs/compatibility/command-line.md, 7), and says in a
 * receipt how far that was. Everything is synchronous; a restriction cannot be undone.
 */
import { closeSync, fstatSync, openSync } from "node:fs"
import { Context, Effect, Result, Schema } from "effect"
import * as Host from "./LandlockHost.ts"
import { ALL_THREADS, coverage, handledFs, handledNet, net, pathRights } from "./LandlockRights.ts"
import { Log } from "./Logging.ts"
import { describe, Native, type NativeCalls } from "./Native.ts"
import { derive, type Need, type SandboxRules, type Surroundings } from "./Sandbox.ts"

/** `auto`: as far as the kernel can, else with a warning. `require`: start only when all of it holds. */
export type SandboxMode = "off" | "auto" | "require"

/** What holds. */
export interface SandboxReceipt {
  readonly mode: SandboxMode
  /** The kernel's version of Landlock; 0 when there is none or it was not asked. */
  readonly abi: number
  readonly enforced: ReadonlyArray<string>
  readonly notEnforced: ReadonlyArray<string>
  /** Names of threads that existed before and that nothing is enforced on. */
  readonly threadsOutside: ReadonlyArray<string>
}

/** `--sandbox=require` asks for what cannot be had. */
export class SandboxError extends Schema.TaggedError<SandboxError>()("SandboxError", { message: Schema.String }) {}

const nothing = (mode: SandboxMode, abi: number): SandboxReceipt => ({
  mode,
  abi,
  enforced: [],
  notEnforced: coverage(0, false).missing,
  threadsOutside: []
})

/** The receipt of this process; without a sandbox, that nothing is enforced. */
export const Sandbox: Context.Reference<SandboxReceipt> = Context.Reference("ghostunnel/Sandbox", {
  defaultValue: () => nothing("off", 0)
})

/** What to sandbox for. */
export interface SandboxOptions {
  readonly mode: SandboxMode
  readonly needs: ReadonlyArray<Need>
  /** With a PKCS#11 module there is no sandbox: what the module needs is unknown. */
  readonly pkcs11: boolean
  readonly surroundings?: Surroundings
}

/** The receipt as one log line. Pure. */
export const receiptLine = (receipt: SandboxReceipt): string => {
  const list = (names: ReadonlyArray<string>) => (names.length === 0 ? "nothing" : names.join(", "))
  const counted = [...new Set(receipt.threadsOutside)].map((name) => {
    const count = receipt.threadsOutside.filter((other) => other === name).length
    return count === 1 ? name : `${count} ${name}`
  })
  const threads = counted.length === 0 ? "none" : counted.join(", ")
  return [
    `landlock ABI ${receipt.abi}: enforced: ${list(receipt.enforced)}`,
    `not enforced: ${list(receipt.notEnforced)}`,
    `threads outside: ${threads}`
  ].join("; ")
}

/**
 * Restricts this thread and all it starts, writes the Go program's lines (docs/compatibility/command-line.md, 6.2 and 7) and gives the
 * receipt. Must run on the main thread before anything uses Node's helper threads. Fails only for `require`, before
 * anything was restricted where that can be known.
 */
export const setUp = Effect.fnUntraced(function* (options: SandboxOptions) {
  const { mode } = options
  const log = yield* Log
  const native = yield* Native
  const refused = (why: string) => new SandboxError({ message: `--sandbox=require: ${why}` })
  if (mode === "off") return nothing(mode, 0)
  if (options.pkcs11) {
    if (mode === "require") return yield* refused("not possible with a PKCS#11 module")
    log.line("sandbox", "note: using pkcs11, skipping landlock setup (landlock is not compatible with pkcs11)")
    return nothing("off", 0)
  }
  if (process.platform !== "linux") {
    return mode === "require" ? yield* refused("Landlock is only supported on linux") : nothing(mode, 0)
  }
  log.line("sandbox", "setting up landlock rules to limit process privileges")
  const warn = (why: string) => log.line("sandbox", `warning: unable to set up landlock: ${why}`)
  const abi = Result.getOrElse(native.landlock.abi(), () => 0)
  if (abi < 4) {
    if (mode === "require") return yield* refused(`this kernel's Landlock ABI is ${abi}, 4 is needed`)
    if (!native.available) warn("node:ffi is not available")
    log.line("sandbox", "note: kernel does not support landlock net rules, TCP ports are not restricted")
    if (abi < 1) return nothing(mode, 0)
  }
  const rules = derive(options.needs, options.surroundings ?? Host.surroundings(), Host.disk)
  rules.problems.forEach(warn)
  // Kernels from ABI 8 on restrict them as well.
  const early = abi < 8 && Host.otherThreads().some((name) => name.startsWith("libuv-worker"))
  if (mode === "require") {
    if (rules.bind === "any") return yield* refused("listening needs a fixed port")
    if (early) return yield* refused("helper threads exist already that would stay outside")
  }
  if (early) warn("helper threads exist already and stay outside")
  const applied = restrict(native, rules, abi)
  applied.problems.forEach(warn)
  const receipt = receiptOf(mode, abi, rules, applied)
  log.line("sandbox", receiptLine(receipt))
  if (mode === "require" && !(applied.files && applied.ports)) return yield* refused(applied.problems.join("; "))
  return receipt
})

const receiptOf = (mode: SandboxMode, abi: number, rules: SandboxRules, applied: Applied): SandboxReceipt => {
  const bindAny = rules.bind === "any"
  const { enforced, missing } = coverage(abi, bindAny)
  const lost = (name: string) => (name.startsWith("TCP") ? !applied.ports : !applied.files)
  const open = rules.paths.some(({ path }) => path === "/") ? ["reading files: a file of yours lies in /"] : []
  return {
    mode,
    abi,
    enforced: enforced.filter((name) => !lost(name)),
    notEnforced: [...missing, ...enforced.filter(lost), ...open],
    threadsOutside: applied.threadsOutside
  }
}

/** How far restricting came. */
export interface Applied {
  readonly files: boolean
  readonly ports: boolean
  readonly problems: ReadonlyArray<string>
  readonly threadsOutside: ReadonlyArray<string>
}

// An open file that can be named but neither read nor written: what a rule is made on.
const O_PATH = 0x20_0000

const missingFile = (error: unknown): boolean =>
  typeof error === "object" &&
  error !== null &&
  "code" in error &&
  (error.code === "ENOENT" || error.code === "ENOTDIR")

/** Two rulesets, files and ports, prepared in full before the first is applied. */
export const restrict = (native: NativeCalls, rules: SandboxRules, abi: number): Applied => {
  const problems: Array<string> = []
  const fsRuleset = filesRuleset(native, rules, abi, problems)
  const netRuleset = portsRuleset(native, rules, abi, problems)
  const threads = Host.otherThreads()
  const privileges = native.setNoNewPrivileges()
  if (Result.isFailure(privileges)) problems.push(describe(privileges.failure))
  let everyThread = abi >= 8
  const apply = (ruleset: number | undefined): boolean => {
    if (ruleset === undefined) return false
    let done = native.landlock.restrictSelf(ruleset, everyThread ? ALL_THREADS : 0)
    if (Result.isFailure(done) && everyThread) {
      everyThread = false
      done = native.landlock.restrictSelf(ruleset, 0)
    }
    if (Result.isFailure(done)) problems.push(describe(done.failure))
    native.close(ruleset)
    return Result.isSuccess(done)
  }
  const files = apply(fsRuleset)
  const ports = apply(netRuleset)
  return { files, ports, problems, threadsOutside: (files || ports) && !everyThread ? threads : [] }
}

const filesRuleset = (
  native: NativeCalls,
  rules: SandboxRules,
  abi: number,
  problems: Array<string>
): number | undefined => {
  const created = native.landlock.createRuleset({ fs: handledFs(abi), net: 0 })
  if (Result.isFailure(created)) return void problems.push(describe(created.failure))
  const ruleset = created.success
  for (const { access, path } of rules.paths) {
    try {
      const fd = openSync(path, O_PATH)
      try {
        const added = native.landlock.allowPath(ruleset, pathRights(access, fstatSync(fd).isDirectory(), abi), fd)
        if (Result.isFailure(added)) problems.push(`${path}: ${describe(added.failure)}`)
      } finally {
        closeSync(fd)
      }
    } catch (error) {
      if (!missingFile(error)) problems.push(`${path}: ${String(error)}`)
    }
  }
  return ruleset
}

const portsRuleset = (
  native: NativeCalls,
  rules: SandboxRules,
  abi: number,
  problems: Array<string>
): number | undefined => {
  const handled = handledNet(abi, rules.bind === "any")
  if (handled === 0) return undefined
  const created = native.landlock.createRuleset({ fs: 0, net: handled })
  if (Result.isFailure(created)) return void problems.push(describe(created.failure))
  const ruleset = created.success
  const allow = (right: number, ports: ReadonlyArray<number>) => {
    for (const port of ports) {
      const added = native.landlock.allowPort(ruleset, right, port)
      if (Result.isFailure(added)) problems.push(`port ${port}: ${describe(added.failure)}`)
    }
  }
  allow(net.connect, rules.connect)
  if (rules.bind !== "any") allow(net.bind, rules.bind)
  return ruleset
}
