import { assert, describe, it } from "@effect/vitest"
import { layoutOf } from "../../../src/transport/native/Layout.ts"

describe("the layouts", () => {
  it("pack epoll_event on x86-64 and nowhere else", () => {
    assert.deepStrictEqual(layoutOf("x64")?.epollEvent, { size: 12, data: 4 })
    assert.deepStrictEqual(layoutOf("arm64")?.epollEvent, { size: 16, data: 8 })
  })

  it("know no other processor", () => {
    for (const arch of ["ia32", "arm", "riscv64", "constructor"]) assert.isUndefined(layoutOf(arch))
  })
})
