import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { AGAIN, type Channel, END } from "../../../src/transport/native/Channel.ts"
import { Descriptor } from "../../../src/transport/native/Descriptor.ts"
import { Direction } from "../../../src/transport/native/Direction.ts"
import { loadNative } from "../../../src/transport/native/Native.ts"
import { NativeStream } from "../../../src/transport/native/NativeStream.ts"

/** A channel that does what the lists say, then delivers nothing and takes everything. */
class Scripted implements Channel {
  error: unknown
  readonly readNeedsWrite = false
  failed = false
  written = 0
  ended = false
  readonly #fills: Array<number>
  readonly #takes: Array<number>

  constructor(fills: ReadonlyArray<number>, takes: ReadonlyArray<number>) {
    this.#fills = [...fills]
    this.#takes = [...takes]
  }
  fill(): number {
    return this.#fills.shift() ?? AGAIN
  }
  hasMore(): boolean {
    return this.#fills.length > 0
  }
  write(_at: bigint, size: number): number {
    const taken = Math.min(size, this.#takes.shift() ?? size)
    this.written += taken
    return taken
  }
  flush(): boolean {
    return true
  }
  endWrites(): boolean {
    this.ended = true
    return true
  }
  free(): void {}
}

const stream = (channel: Channel): NativeStream => {
  const end = { network: "tcp", address: "127.0.0.1:1" } as const
  const native = loadNative()
  return new NativeStream(native, new Descriptor(native, -1), channel, { remote: end, local: end })
}

/** Runs a direction as often as its wishes say; what was moved, and how it ended. */
const carry = (fills: ReadonlyArray<number>, takes: ReadonlyArray<number>) => {
  const source = new Scripted(fills, [])
  const sink = new Scripted([], takes)
  let told = 0
  let carried = 0
  const direction = new Direction(loadNative().thread, {
    from: stream(source),
    to: stream(sink),
    source: "peer",
    sink: "backend",
    carried: (bytes) => {
      carried += bytes
    },
    onEnded: () => told++
  })
  for (let turn = 0; turn < 1000 && (direction.wantsToRead || direction.wantsToWrite); turn++) direction.run()
  assert.strictEqual(carried, direction.bytes)
  return { direction, sink, told }
}

describe.runIf(process.platform === "linux")("a direction", () => {
  it("moves what one read gives, then lets others come", () => {
    const [source, sink] = [new Scripted([10, 20, END], []), new Scripted([], [])]
    const direction = new Direction(loadNative().thread, {
      from: stream(source),
      to: stream(sink),
      source: "peer",
      sink: "backend",
      carried: () => {},
      onEnded: () => {}
    })
    assert.deepStrictEqual([direction.run(), sink.written], [true, 10])
    assert.deepStrictEqual([direction.run(), sink.written], [true, 30])
    assert.deepStrictEqual([direction.run(), sink.ended, direction.end], [false, true, "eof"])
  })

  it("ends in whichever round the end comes", () => {
    for (let chunks = 0; chunks < 40; chunks++) {
      const { direction, sink, told } = carry([...Array.from({ length: chunks }, () => 100), END], [])
      assert.strictEqual(direction.end, "eof", `after ${chunks} chunks`)
      assert.strictEqual(direction.bytes, 100 * chunks)
      assert.isTrue(sink.ended)
      assert.strictEqual(told, 1)
    }
  })

  it("loses nothing, however reluctantly it is taken", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 65_536 }), { maxLength: 30 })
    const takes = fc.array(fc.integer({ min: 0, max: 70_000 }), { maxLength: 60 })
    fc.assert(
      fc.property(sizes, takes, (fills, takes) => {
        const { direction, sink } = carry([...fills, END], takes)
        const total = fills.reduce((sum, size) => sum + size, 0)
        assert.strictEqual(direction.end, "eof")
        assert.strictEqual(sink.written, total)
        assert.strictEqual(direction.bytes, total)
      })
    )
  })
})
