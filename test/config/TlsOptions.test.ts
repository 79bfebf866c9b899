import { Result, Schema } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { alpnWire, maxProtocols, refuseProtocol, TlsOptions } from "../../src/config/TlsOptions.ts"

const decode = (alpn: ReadonlyArray<string>) => Schema.decodeResult(TlsOptions)({ alpn })

describe("application protocols", () => {
  it.each(["h2", "http/1.1", "a b", "ü", "x".repeat(255), "ü".repeat(127)])("takes %s", (name) => {
    expect(refuseProtocol(name)).toBeUndefined()
    expect(Result.isSuccess(decode([name]))).toBe(true)
  })
  it.each(["", "x".repeat(256), "ü".repeat(128)])("refuses %s: 1 to 255 bytes", (name) => {
    expect(refuseProtocol(name)).toBe("is not an ALPN protocol: its name must have 1 to 255 bytes")
    expect(Result.isFailure(decode(["h2", name]))).toBe(true)
  })
  it("refuses the protocol of ACME challenges", () => {
    expect(refuseProtocol("acme-tls/1")).toContain("ACME")
    expect(Result.isFailure(decode(["acme-tls/1"]))).toBe(true)
  })
  it("refuses more than fit into a handshake", () => {
    const names = Array.from({ length: maxProtocols }, (_, index) => `p${index}`)
    expect(Result.isSuccess(decode(names))).toBe(true)
    expect(Result.isFailure(decode([...names, "h2"]))).toBe(true)
  })
  it("writes each after its length in bytes", () => {
    expect(alpnWire({ alpn: ["h2", "ü"] })?.toString("hex")).toBe("02683202c3bc")
    const names = fc.uniqueArray(fc.string({ unit: "binary", minLength: 1, maxLength: 60 }), { maxLength: 8 })
    fc.assert(
      fc.property(names, (alpn) => {
        let rest = alpnWire({ alpn }) ?? Buffer.alloc(0)
        for (const name of alpn) {
          const end = 1 + (rest[0] ?? 0)
          expect(rest.subarray(1, end).toString()).toBe(name)
          rest = rest.subarray(end)
        }
        expect(rest.length).toBe(0)
      })
    )
    expect([alpnWire({}), alpnWire({ alpn: [] })]).toEqual([undefined, undefined])
  })
})
