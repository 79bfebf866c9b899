import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { exposition, familyName, flatten, goFloat } from "../../src/metrics/Exposition.ts"
import { golden, values } from "./Golden.ts"

const parse = (text: string): number => (text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text))

describe("Exposition", () => {
  it("prints every captured number as captured", () => {
    let count = 0
    for (const file of ["metrics.prom", "metrics-early.prom", "metrics-later.prom", "reservoir-1500.prom"]) {
      for (const [name, text] of values(golden(file))) {
        assert.strictEqual(goFloat(parse(text)), text, `${file}: ${name}`)
        count += 1
        const label = /(?:le|quantile)="([^"]+)"/.exec(name)?.[1]
        if (label !== undefined) assert.strictEqual(goFloat(parse(label)), label)
      }
    }
    assert.strictEqual(count, 363)
  })

  it("prints edge cases as Go does", () => {
    const edges: ReadonlyArray<readonly [number, string]> = [
      [0, "0"],
      [-0, "0"],
      [Number.NaN, "NaN"],
      [Number.POSITIVE_INFINITY, "+Inf"],
      [Number.NEGATIVE_INFINITY, "-Inf"],
      [999_999, "999999"],
      [1e6, "1e+06"],
      [1_234_567, "1.234567e+06"],
      [0.0001, "0.0001"],
      [0.00001, "1e-05"],
      [-123_456.5, "-123456.5"],
      [1e100, "1e+100"],
      [5e-324, "5e-324"],
      [18_446_744_073_709_552_000, "1.8446744073709552e+19"]
    ]
    for (const [value, text] of edges) assert.strictEqual(goFloat(value), text)
  })

  it("prints numbers that parse back to the same value", () => {
    void fc.assert(
      fc.property(fc.double(), (value) => {
        assert.isTrue(Object.is(parse(goFloat(value)), value === 0 ? 0 : value))
      })
    )
  })

  it("flattens each character to one underscore", () => {
    assert.strictEqual(flatten("a b.c-d=e/f..g_"), "a_b_c_d_e_f__g_")
  })

  it("makes a valid classic name from any prefix", () => {
    assert.strictEqual(familyName("ghostunnel", "conn.open"), "ghostunnel_conn_open")
    assert.strictEqual(familyName("", "conn.open"), "conn_open")
    assert.strictEqual(familyName("9abc", "accept.error"), "_abc_accept_error")
    assert.strictEqual(familyName("é:x", "accept.error"), "_:x_accept_error")
    assert.strictEqual(familyName("😀", "a"), "__a")
    assert.strictEqual(familyName("my-app/eu.1", "a"), "my_app_eu_1_a")
    assert.strictEqual(familyName('x"}\n1', "a"), "x___1_a")
    void fc.assert(
      fc.property(fc.string({ unit: "binary" }), (prefix) => {
        assert.match(familyName(prefix, "conn.open"), /^[a-zA-Z_:][a-zA-Z0-9_:]*conn_open$|^conn_open$/)
      })
    )
  })

  it("sorts families bytewise and escapes help and labels", () => {
    const family = (name: string) => {
      return { name, help: "a\\b\nc", type: "gauge", samples: [{ label: ["l", 'x"\\\n'], value: 1 }] } as const
    }
    assert.strictEqual(
      exposition([family("b"), family("a_"), family("a:"), family("B")]),
      ["B", "a:", "a_", "b"]
        .map((name) => `# HELP ${name} a\\\\b\\nc\n# TYPE ${name} gauge\n${name}{l="x\\"\\\\\\n"} 1\n`)
        .join("")
    )
  })
})
