import { availableParallelism } from "node:os"
import { assert, describe, it } from "@effect/vitest"
import {
  ancestors,
  availableProcessors,
  cgroupProcessors,
  parseCfs,
  parseCgroups,
  parseCpuMax
} from "../../src/runtime/Processors.ts"

const files = (entries: Readonly<Record<string, string>>) => (path: string) => entries[path]

describe("Processors", () => {
  it("reads cpu.max", () => {
    assert.strictEqual(parseCpuMax("150000 100000\n"), 1.5)
    assert.strictEqual(parseCpuMax("200000\n"), 2)
    for (const text of ["max 100000\n", "max", "", "x y", "100000 0", "0 100000", "-1 100000"]) {
      assert.isUndefined(parseCpuMax(text), text)
    }
  })

  it("reads the quota of cgroup v1", () => {
    assert.strictEqual(parseCfs("50000\n", "100000\n"), 0.5)
    for (const [quota, period] of [
      ["-1", "100000"],
      ["", ""],
      ["100000", "0"],
      ["x", "1"]
    ] as const) {
      assert.isUndefined(parseCfs(quota, period))
    }
  })

  it("finds the groups", () => {
    assert.deepStrictEqual(parseCgroups("0::/system.slice/a:b.service\n"), {
      unified: "/system.slice/a:b.service",
      cpu: undefined
    })
    assert.deepStrictEqual(parseCgroups("12:cpuset:/x\n4:cpu,cpuacct:/docker/1\n0::/\n"), {
      unified: "/",
      cpu: { mount: "cpu,cpuacct", path: "/docker/1" }
    })
    assert.deepStrictEqual(parseCgroups("rubbish\n"), { unified: undefined, cpu: undefined })
    assert.deepStrictEqual(ancestors("/a/b"), ["/a/b", "/a", ""])
    assert.deepStrictEqual(ancestors("/../x"), ["/x", ""])
    assert.deepStrictEqual(ancestors("/"), [""])
  })

  it("takes the tightest limit of all levels", () => {
    const nested = files({
      "/proc/self/cgroup": "0::/a/b\n",
      "/sys/fs/cgroup/a/b/cpu.max": "400000 100000",
      "/sys/fs/cgroup/a/cpu.max": "250000 100000",
      "/sys/fs/cgroup/cpu.max": "max 100000"
    })
    assert.strictEqual(cgroupProcessors(nested), 2.5)
    const old = files({
      "/proc/self/cgroup": "3:cpu,cpuacct:/docker/1\n1:name=systemd:/\n",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "150000",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000",
      "/sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us": "-1"
    })
    assert.strictEqual(cgroupProcessors(old), 1.5)
    assert.isUndefined(cgroupProcessors(files({})))
  })

  it("is a whole number from 1 to what the machine has", () => {
    const processors = availableProcessors()
    assert.isTrue(Number.isInteger(processors) && processors >= 1 && processors <= availableParallelism())
  })
})
