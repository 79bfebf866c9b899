/**
 * The nine `process_*` families of the Go client library (docs/compatibility/status-and-metrics.md, 6.3), read from `/proc/self` on every
 * request. A family whose source cannot be read (no `/proc`, a sandbox) is omitted.
 */
import { readdirSync, readFileSync } from "node:fs"
import type { Family } from "./Exposition.ts"

/** Contents of files under `/proc`; undefined when unreadable. */
export interface ProcessSources {
  /** `/proc/self/stat` */
  readonly stat: string | undefined
  /** `/proc/stat`, for the boot time. */
  readonly systemStat: string | undefined
  /** `/proc/self/limits` */
  readonly limits: string | undefined
  /** `/proc/self/net/netstat`; it covers the whole network namespace. */
  readonly netstat: string | undefined
  /** Entries of `/proc/self/fd`, without the descriptor that reads the directory. */
  readonly openFds: number | undefined
  /** Resident memory, bytes. */
  readonly rss: number | undefined
}

/** Clock ticks a second in `/proc` (USER_HZ): 100 on every architecture Node runs on. */
const ticksPerSecond = 100
/** What Go prints for "unlimited": 2^64 - 1 as a float64. */
const unlimited = 18_446_744_073_709_552_000

/** The number in `text`; undefined when it is missing or not a number. */
const number = (text: string | undefined): number | undefined => {
  const value = Number(text === undefined || text === "" ? Number.NaN : text)
  return Number.isFinite(value) ? value : undefined
}

/** Field `n` of `stat`, counted from 1 as proc(5) does; the command name may hold spaces and parentheses. */
const statField = (stat: string | undefined, n: number): number | undefined =>
  number(
    stat
      ?.slice(stat.lastIndexOf(")") + 2)
      .trim()
      .split(" ")[n - 3]
  )

const softLimit = (limits: string | undefined, name: string): number | undefined => {
  const line = limits?.split("\n").find((text) => text.startsWith(name))
  const [soft] = line?.slice(name.length).trim().split(/\s+/) ?? []
  return soft === "unlimited" ? unlimited : number(soft)
}

/** A column of the `IpExt` pair of lines: names, then values. */
const ipExt = (netstat: string | undefined, column: string): number | undefined => {
  const [names, values] = netstat?.split("\n").filter((line) => line.startsWith("IpExt: ")) ?? []
  const index = names?.split(" ").indexOf(column) ?? -1
  return index < 0 ? undefined : number(values?.split(" ")[index])
}

const bootTime = (systemStat: string | undefined): number | undefined =>
  number(/^btime (\d+)$/m.exec(systemStat ?? "")?.[1])

/** The families whose sources are present. Pure. */
export const families = (sources: ProcessSources): ReadonlyArray<Family> => {
  const user = statField(sources.stat, 14)
  const system = statField(sources.stat, 15)
  const started = statField(sources.stat, 22)
  const boot = bootTime(sources.systemStat)
  const cpu = user === undefined || system === undefined ? undefined : (user + system) / ticksPerSecond
  const start = boot === undefined || started === undefined ? undefined : boot + started / ticksPerSecond
  const rows: ReadonlyArray<readonly [name: string, type: Family["type"], help: string, value: number | undefined]> = [
    ["cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.", cpu],
    ["max_fds", "gauge", "Maximum number of open file descriptors.", softLimit(sources.limits, "Max open files")],
    [
      "network_receive_bytes_total",
      "counter",
      "Number of bytes received by the process over the network.",
      ipExt(sources.netstat, "InOctets")
    ],
    [
      "network_transmit_bytes_total",
      "counter",
      "Number of bytes sent by the process over the network.",
      ipExt(sources.netstat, "OutOctets")
    ],
    ["open_fds", "gauge", "Number of open file descriptors.", sources.openFds],
    ["resident_memory_bytes", "gauge", "Resident memory size in bytes.", sources.rss],
    ["start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.", start],
    ["virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", statField(sources.stat, 23)],
    [
      "virtual_memory_max_bytes",
      "gauge",
      "Maximum amount of virtual memory available in bytes.",
      softLimit(sources.limits, "Max address space")
    ]
  ]
  return rows.flatMap(([name, type, help, value]) =>
    value === undefined ? [] : [{ name: `process_${name}`, type, help, samples: [{ value }] }]
  )
}

const attempt = <A>(read: () => A): A | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** Reads the sources from `/proc`. */
export const readSources = (): ProcessSources => {
  const text = (path: string) => attempt(() => readFileSync(path, "utf8"))
  const stat = text("/proc/self/stat")
  return {
    stat,
    systemStat: text("/proc/stat"),
    limits: text("/proc/self/limits"),
    netstat: text("/proc/self/net/netstat"),
    openFds: attempt(() => readdirSync("/proc/self/fd").length - 1),
    rss: stat === undefined ? undefined : attempt(() => process.memoryUsage.rss())
  }
}

/** The current `process_*` families of this process. */
export const processFamilies = (): ReadonlyArray<Family> => families(readSources())
