import { assert, describe, it } from "@effect/vitest"
import { LineQueue, type Taken } from "../../src/runtime/LineQueue.ts"
import { queued } from "../../src/runtime/Logging.ts"
import { eventually } from "../support/Changes.ts"

/** Takes as many bytes as it has room for. */
class Reader {
  text = ""
  room = 0
  readonly take = (line: Uint8Array, from: number): Taken => {
    const taken = Math.min(this.room, line.length - from)
    this.room -= taken
    this.text += Buffer.from(line.subarray(from, from + taken)).toString()
    return from + taken
  }
}

const arrival = (reader: Reader, text: string) =>
  eventually(text, async () => (reader.text === text ? true : undefined))

describe("LineQueue", () => {
  it("writes at once as long as there is a reader", () => {
    const reader = new Reader()
    const queue = new LineQueue(reader.take)
    reader.room = 100
    assert.isTrue(queue.write("one\n"))
    assert.isTrue(queue.write("two\n"))
    assert.strictEqual(reader.text, "one\ntwo\n")
  })

  it("keeps lines in order and goes on in the middle of one", async () => {
    const reader = new Reader()
    const queue = new LineQueue(reader.take)
    reader.room = 6
    for (const line of ["one\n", "twö\n", "three\n"]) assert.isTrue(queue.write(line))
    assert.strictEqual(reader.text, "one\ntw")
    reader.room = 1000
    queue.write("four\n")
    assert.strictEqual(reader.text, "one\ntw")
    await eventually("the rest", async () => (reader.room < 990 ? true : undefined))
    queue.write("five\n")
    assert.match(reader.text, /^one\ntw.+\nthree\nfour\nfive\n$/)
  })

  it("begins a line anew where that is asked for, and loses what will never be taken", () => {
    const answers: Array<Taken> = [2, 0, 2, 4, "failed", 4]
    const asked: Array<readonly [string, number]> = []
    const queue = new LineQueue((line, from) => {
      asked.push([Buffer.from(line).toString(), from])
      return answers.shift() ?? from
    })
    queue.write("one\n")
    queue.write("two\n")
    queue.write("six\n")
    assert.deepStrictEqual(asked, [
      ["one\n", 0],
      ["one\n", 2],
      ["one\n", 0],
      ["one\n", 2],
      ["two\n", 0],
      ["six\n", 0]
    ])
  })

  it("refuses lines when the queue is full, and calls back once there is room", async () => {
    const reader = new Reader()
    const queue = new LineQueue(reader.take, { room: 8, most: 12 })
    const told: Array<string> = []
    queue.whenRoom(() => told.push("at once"))
    for (const line of ["one\n", "two\n", "six\n"]) assert.isTrue(queue.write(line))
    assert.isFalse(queue.write("ten\n"))
    queue.whenRoom(() => told.push("later"))
    reader.room = 4
    await arrival(reader, "one\n")
    assert.isFalse(queue.write("ten\n"))
    assert.deepStrictEqual(told, ["at once"])
    reader.room = 2
    await arrival(reader, "one\ntw")
    reader.room = 2
    await arrival(reader, "one\ntwo\n")
    assert.deepStrictEqual(told, ["at once", "later"])
    reader.room = 100
    assert.isTrue(queue.write("ten\n"))
    await arrival(reader, "one\ntwo\nsix\nten\n")
  })

  it("flushes with a time limit", () => {
    const reader = new Reader()
    const queue = new LineQueue(reader.take)
    queue.write("one\n")
    const began = performance.now()
    queue.flush(50)
    assert.isAtLeast(performance.now() - began, 49)
    assert.strictEqual(reader.text, "")
    reader.room = 100
    queue.flush()
    assert.strictEqual(reader.text, "one\n")
  })

  it("writes one line with the number of lost lines in their place", () => {
    const reader = new Reader()
    const queue = new LineQueue(reader.take, { room: 8, most: 12 })
    const { line } = queued(queue, (event, message) => `${message} ${event === "lines_lost" ? event : ""}\n`)
    for (const message of ["one", "two", "six", "lost", "lost"]) line("starting", message)
    reader.room = 1000
    queue.flush()
    line("starting", "ten")
    const notice = (lines: number) => `warning: log lines lost because the log was not read: ${lines} lines_lost\n`
    assert.strictEqual(reader.text, `one \ntwo \nsix \n${notice(2)}ten \n`)
    reader.room = 0
    for (const message of ["one", "two", "six", "lost"]) line("starting", message)
    reader.room = 1000
    queue.flush()
    assert.isTrue(reader.text.endsWith(`ten \none \ntwo \nsix \n${notice(1)}`))
  })
})
