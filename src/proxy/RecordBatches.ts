/** Sends a tunnel's connection records from a worker to the main thread, several at a time: each message costs both threads. */
import type { MessagePort } from "node:worker_threads"
import type { Backlog } from "./Backlog.ts"
import type { ConnectionRecord, RecordInterest } from "./ConnectionRecord.ts"
import type { RecordBatch } from "./WorkerProtocol.ts"

/** Longest time that a record waits for others, in milliseconds. */
const BATCH_MILLIS = 5
/** The same for records that no log line waits for. */
const BATCHABLE_MILLIS = 100

const pipeTags: ReadonlySet<ConnectionRecord["_tag"]> = new Set(["Opened", "Closed", "Aborted"])

export class RecordBatches {
  readonly #tunnel: string
  readonly #interest: RecordInterest
  readonly #port: MessagePort
  readonly #backlog: Backlog
  #batch: Array<ConnectionRecord> = []
  #timer: NodeJS.Timeout | undefined
  #isHurried = false

  constructor(tunnel: string, interest: RecordInterest, port: MessagePort, backlog: Backlog) {
    this.#tunnel = tunnel
    this.#interest = interest
    this.#port = port
    this.#backlog = backlog
  }

  add(record: ConnectionRecord): void {
    this.#batch.push(record)
    const mayWait = this.#interest.unhurried === true && pipeTags.has(record._tag)
    if (this.#timer !== undefined && (mayWait || this.#isHurried)) return
    clearTimeout(this.#timer)
    this.#isHurried = !mayWait
    this.#timer = setTimeout(() => this.flush(), mayWait ? BATCHABLE_MILLIS : BATCH_MILLIS)
  }

  /** Sends what waits, now. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#batch.length === 0) return
    this.#backlog.sent(this.#batch.length)
    this.#port.postMessage({ tunnel: this.#tunnel, records: this.#batch } satisfies RecordBatch)
    this.#batch = []
  }
}
