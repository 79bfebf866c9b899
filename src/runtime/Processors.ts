/** How many processors this process may really use: what the scheduler offers, less what its control group takes away. */
import { readFileSync } from "node:fs"
import { availableParallelism } from "node:os"

const ratio = (quota: number, period: number): number | undefined =>
  Number.isFinite(quota) && Number.isFinite(period) && quota > 0 && period > 0 ? quota / period : undefined

/** Processors that `cpu.max` of cgroup v2 (`150000 100000`, `max 100000`) allows; undefined without a limit. */
export const parseCpuMax = (text: string): number | undefined => {
  const [quota = "", period = "100000"] = text.trim().split(/\s+/)
  return quota === "" || quota === "max" ? undefined : ratio(Number(quota), Number(period))
}

/** Processors that cgroup v1's `cpu.cfs_quota_us` and `cpu.cfs_period_us` allow; undefined without a limit (-1). */
export const parseCfs = (quota: string, period: string): number | undefined =>
  ratio(Number(quota.trim()), Number(period.trim()))

/** Where `/proc/self/cgroup` says the process is: its v2 group and its group of v1's cpu controller. */
export const parseCgroups = (
  text: string
): {
  readonly unified: string | undefined
  readonly cpu: { readonly mount: string; readonly path: string } | undefined
} => {
  let unified: string | undefined
  let cpu: { readonly mount: string; readonly path: string } | undefined
  for (const line of text.split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
    if (controllers === undefined || path === undefined) continue
    if (controllers === "") unified = path
    else if (controllers.split(",").includes("cpu")) cpu = { mount: controllers, path }
  }
  return { unified, cpu }
}

/** The group itself and everything above it, because every level may have a limit: `/a/b`, `/a`, ``. */
export const ancestors = (path: string): ReadonlyArray<string> => {
  const parts = path.split("/").filter((part) => part !== "" && part !== "." && part !== "..")
  return [...Array(parts.length + 1).keys()]
    .map((n) =>
      parts
        .slice(0, n)
        .map((part) => `/${part}`)
        .join("")
    )
    .reverse()
}

/** The tightest limit among the process's control groups, read through `read`; undefined without any. */
export const cgroupProcessors = (read: (path: string) => string | undefined): number | undefined => {
  const groups = parseCgroups(read("/proc/self/cgroup") ?? "")
  const limits: Array<number | undefined> = []
  for (const path of groups.unified === undefined ? [] : ancestors(groups.unified)) {
    for (const root of ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]) {
      limits.push(parseCpuMax(read(`${root}${path}/cpu.max`) ?? ""))
    }
  }
  for (const path of groups.cpu === undefined ? [] : ancestors(groups.cpu.path)) {
    for (const mount of new Set([groups.cpu?.mount, "cpu", "cpu,cpuacct"])) {
      const directory = `/sys/fs/cgroup/${mount}${path}`
      const quota = read(`${directory}/cpu.cfs_quota_us`)
      if (quota !== undefined) limits.push(parseCfs(quota, read(`${directory}/cpu.cfs_period_us`) ?? ""))
    }
  }
  const known = limits.filter((limit) => limit !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}

/** The processors to spread work over: a whole number, at least 1. */
export const availableProcessors = (): number =>
  Math.max(1, Math.floor(Math.min(availableParallelism(), cgroupProcessors(readText) ?? Number.POSITIVE_INFINITY)))
