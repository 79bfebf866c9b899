/** Sockets that systemd opened for the tunnel (docs/compatibility/command-line.md, 4.2), taken by name. */
import { fstatSync } from "node:fs"
import { Context, Effect, Layer, Result } from "effect"
import { Native, type NativeCalls } from "./Native.ts"

/** The process's environment: read, and cleared of what must not be handed on. */
export type MutableEnvironment = Record<string, string | undefined>

/** A descriptor under the name that systemd gave it. */
export interface NamedFd {
  readonly name: string
  readonly fd: number
}

/** The listeners that systemd handed over (docs/compatibility/command-line.md, 4.2). */
export class InheritedSockets extends Context.Service<
  InheritedSockets,
  {
    /** The descriptor of the one listener with this name, or the Go program's message why there is none. */
    readonly take: (name: string) => Result.Result<number, string>
  }
>()("ghostunnel/InheritedSockets") {
  /**
   * Listeners of this process; reads the environment when it is first asked, removes its three variables, marks every
   * descriptor close-on-exec. What is no stream listener is passed over.
   */
  static readonly layer = (
    env: MutableEnvironment = process.env,
    pid: number = process.pid
  ): Layer.Layer<InheritedSockets, never, Native> =>
    Layer.effect(
      InheritedSockets,
      Effect.map(Native, (native) => {
        let listeners: ReadonlyArray<NamedFd> | undefined
        return {
          take: (name: string) => {
            if (process.platform !== "linux") return Result.fail("systemd socket activation is only supported on linux")
            listeners ??= claim(env, pid, native)
            return choose(listeners, name)
          }
        }
      })
    )

  /** No socket was inherited. */
  static readonly layerNone: Layer.Layer<InheritedSockets> = Layer.succeed(InheritedSockets, {
    take: (name) => choose([], name)
  })
}

const FIRST_FD = 3
/** More descriptors than any service has: a bound on how many are looked at. */
const MOST_FDS = 4096

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined

/** What the three variables promise to process `pid`; nothing when they are for another one or make no sense. Pure. */
export const parseListenFds = (env: Readonly<MutableEnvironment>, pid: number): ReadonlyArray<NamedFd> => {
  const count = wholeNumber(env.LISTEN_FDS) ?? 0
  if (wholeNumber(env.LISTEN_PID) !== pid || count <= 0) return []
  const names = (env.LISTEN_FDNAMES ?? "").split(":")
  return Array.from({ length: Math.min(count, MOST_FDS) }, (_, index) => {
    const fd = FIRST_FD + index
    const name = names[index] ?? ""
    return { fd, name: name === "" ? `LISTEN_FD_${fd}` : name }
  })
}

/** Exactly one listener of a name, or the Go program's sentence. Pure. */
export const choose = (listeners: ReadonlyArray<NamedFd>, name: string): Result.Result<number, string> => {
  const [first, ...others] = listeners.filter((listener) => listener.name === name)
  if (first === undefined) return Result.fail(`expected listener with name ${name}, but found none`)
  return others.length === 0
    ? Result.succeed(first.fd)
    : Result.fail(
        `expected exactly 1 listening socket configured in systemd for name ${name}, found ${others.length + 1}`
      )
}

const isSocket = (fd: number): boolean => {
  try {
    return fstatSync(fd).isSocket()
  } catch {
    return false
  }
}

const isListener = (native: NativeCalls, fd: number): boolean => {
  if (!isSocket(fd)) return false
  const facts = native.socketFacts(fd)
  // Without FFI the check is impossible; binding then fails for a descriptor that cannot listen.
  if (Result.isFailure(facts)) return !native.available
  return facts.success.stream && facts.success.listening
}

const claim = (env: MutableEnvironment, pid: number, native: NativeCalls): ReadonlyArray<NamedFd> => {
  const promised = parseListenFds(env, pid)
  for (const variable of ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) delete env[variable]
  // Node marked what it inherited already; this makes sure of it.
  for (const { fd } of promised) native.setCloseOnExec(fd)
  return promised.filter(({ fd }) => isListener(native, fd))
}
