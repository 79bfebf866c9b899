/** Service names as ports. */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { fromFile, parse } from "../../src/cli/Services.ts"

const text =
  "# names\ntcpmux\t\t1/tcp\t\t# a comment\ndomain 53/udp\ndomain 53/tcp\nwww 80/tcp http www-http\nbad\nodd x/tcp\n"

describe("/etc/services", () => {
  it("gives names and aliases of TCP ports", () => {
    expect(Object.fromEntries(parse(text))).toEqual({ tcpmux: 1, domain: 53, www: 80, http: 80, "www-http": 80 })
  })
  it("is read when a name is first asked for", () => {
    const path = join(mkdtempSync(join(tmpdir(), "services-")), "services")
    const services = fromFile(path)
    writeFileSync(path, text)
    expect([services("www"), services("nope"), services("constructor")]).toEqual([80, undefined, undefined])
  })
  it("may be missing", () => {
    expect(fromFile("/x/y")("http")).toBeUndefined()
  })
})
