import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { parse } from "../../src/config/Address.ts"
import { sharedAddress } from "../../src/config/AddressOverlap.ts"

const refusal = (listen: string, status: string) =>
  Result.getOrThrow(Result.map(Result.all([parse(listen), parse(status)]), ([one, other]) => sharedAddress(one, other)))

describe("sharedAddress", () => {
  it.each([
    ["127.0.0.1:1", "127.0.0.1:1"],
    ["0.0.0.0:1", "127.0.0.1:1"],
    ["10.0.0.1:1", ":1"],
    [":1", "0.0.0.0:1"],
    ["[::]:1", "10.0.0.1:1"],
    ["[::]:1", "[::1]:1"],
    ["[::]:1", "0.0.0.0:1"],
    ["localhost:1", "127.0.0.1:1"],
    ["localhost:1", "[::1]:1"],
    ["LOCALHOST:1", "localhost.:1"],
    ["0.0.0.0:1", "localhost:1"],
    ["[0:0:0:0:0:0:0:1]:1", "[::1]:1"],
    ["[::ffff:127.0.0.1]:1", "127.0.0.1:1"],
    ["host.example:1", "Host.example:1"],
    ["unix:/run/a", "unix:/run/../run/a"],
    ["unix:@a", "unix:@a"]
  ])("refuses %s with %s", (listen, status) => {
    for (const text of [refusal(listen, status), refusal(status, listen)]) {
      assert.match(text ?? "", /^--status and --listen must not share an address: /)
    }
  })

  it.each([
    ["127.0.0.1:1", "127.0.0.1:2"],
    ["127.0.0.1:0", "127.0.0.1:0"],
    ["127.0.0.1:1", "127.0.0.2:1"],
    ["0.0.0.0:1", "[::1]:1"],
    ["127.0.0.1:1", "[::1]:1"],
    ["localhost:1", "10.0.0.1:1"],
    ["host.example:1", "127.0.0.1:1"],
    ["unix:/run/a", "unix:/run/b"],
    ["unix:@a", "unix:a"],
    ["unix:/run/a", "127.0.0.1:1"]
  ])("takes %s with %s", (listen, status) => {
    assert.isUndefined(refusal(listen, status))
    assert.isUndefined(refusal(status, listen))
  })
})
