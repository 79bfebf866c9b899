/** A thread that watches two ends of a socket pair, as `Sleep.test.ts` tells it to. */
import { Buffer } from "node:buffer"
import { parentPort, workerData } from "node:worker_threads"
import { Epoll, Sock } from "../../../src/transport/native/Layout.ts"
import { loadNative } from "../../../src/transport/native/Native.ts"

const { thread } = loadNative()
const pair = Buffer.from(new ArrayBuffer(8))
thread.f.socketpair(Sock.AF_UNIX, Sock.STREAM | Sock.NONBLOCK | Sock.CLOEXEC, 0, pair)
const [one, other] = [pair.readInt32LE(0), pair.readInt32LE(4)]
let passed = 0

/** Passes on whatever arrives at one end to that same end: the two of them never come to rest. */
const watch = (fd: number) => {
  const watched = {
    fd,
    mask: 0,
    serial: 0,
    onReady: () => {
      const count = thread.f.read(fd, thread.scratch.at, 16)
      if (count > 0) thread.f.write(fd, thread.scratch.at, count)
      passed++
      return true
    }
  }
  thread.poller.wait(watched, Epoll.IN)
  return watched
}
const watched = [watch(one), watch(other)]
if (workerData === "storm") thread.f.write(one, thread.scratch.at, 1)

parentPort?.on("message", (message: string) => {
  if (message === "timer") setTimeout(() => parentPort?.postMessage({ message }), 30)
  else if (message === "immediate") setImmediate(() => parentPort?.postMessage({ message }))
  else if (message === "promise") void Promise.resolve().then(() => parentPort?.postMessage({ message }))
  else if (message === "later") {
    thread.poller.soon(() => {
      void Promise.resolve().then(() => parentPort?.postMessage({ message }))
      return false
    })
  } else if (message === "numbers") parentPort?.postMessage({ message, slept: thread.poller.slept, passed })
  else if (message === "leave") {
    for (const each of watched) thread.poller.wait(each, 0)
    parentPort?.close()
  }
})
// Then only what it watches holds the thread, as a program that embeds a tunnel may have it.
if (workerData === "unreferenced") parentPort?.unref()
parentPort?.postMessage({ message: "ready" })
