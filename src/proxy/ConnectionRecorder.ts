/** Makes the records of connections that have a reader: one recorder a thread, one trail a connection. */
import { randomBytes } from "node:crypto"
import { wallMillis } from "../runtime/WallClock.ts"
import type { ConnectionFailure } from "../transport/ConnectionFailure.ts"
import type { AcceptFailure, EndpointName, PumpOutcome, Stream, TlsFacts } from "../transport/Transport.ts"
import type {
  CloseReason,
  ConnectionFacts,
  ConnectionRecord,
  PipeEnd,
  RecordInterest,
  TlsSide
} from "./ConnectionRecord.ts"

/** What a thread's recorder is made of. */
export interface RecorderOptions {
  readonly record: (record: ConnectionRecord) => void
  readonly interest: RecordInterest
  /** The leaf's subject as the log prints it. */
  readonly subjectOf: (leaf: Uint8Array) => string
}

/** One thread's recorder. */
export interface ConnectionRecorder {
  /** Begins a connection's trail; `acceptedAt` in `performance.now()` milliseconds. */
  readonly begin: (client: EndpointName, acceptedAt: number) => ConnectionTrail
  /** Accepting failed: there is no connection. */
  readonly acceptFailed: (failure: AcceptFailure) => void
  /** A peer of this generation is admitted although its revocation status is unknown. */
  readonly revocationUnknown: (generation: number, why: string) => void
}

/** A recorder whose identifiers no other one has. */
export const makeRecorder = (options: RecorderOptions): ConnectionRecorder => {
  const prefix = options.interest.facts ? randomBytes(8).toString("hex") : ""
  let count = 0
  return {
    begin: (client, acceptedAt) =>
      new ConnectionTrail(options, client, acceptedAt, options.interest.facts ? `${prefix}-${++count}` : undefined),
    acceptFailed: (failure) => options.record({ _tag: "AcceptFailed", at: wallMillis(), ...failure }),
    revocationUnknown: (generation, why) =>
      options.record({ _tag: "RevocationUnknown", at: wallMillis(), generation, why })
  }
}

const closeReasons: Readonly<Record<PumpOutcome["reason"], CloseReason>> = {
  eof: "eof",
  reset: "reset",
  error: "error",
  "close-timeout": "close_timeout",
  lifetime: "lifetime"
}

/** What a connection leaves behind. Its methods are called in the order of its stages. */
export class ConnectionTrail {
  readonly #options: RecorderOptions
  readonly #client: EndpointName
  /** When the present stage began, `performance.now()` milliseconds. */
  #since: number
  #facts: ConnectionFacts | undefined
  #ends: { readonly accepted: PipeEnd; readonly dialled: PipeEnd } | undefined
  #over = false

  constructor(options: RecorderOptions, client: EndpointName, acceptedAt: number, id: string | undefined) {
    this.#options = options
    this.#client = client
    this.#since = acceptedAt
    if (id === undefined) return
    this.#facts = { id, acceptedAt: wallMillis() - (performance.now() - acceptedAt), client }
  }

  /** The accepted side is ready: a server's handshake is over. */
  accepted(stream: Stream): void {
    if (this.#facts === undefined) return
    if (stream.tls !== undefined) {
      this.#facts = { ...this.#facts, tls: this.#tlsSide(stream.tls), handshakeNanos: this.#lap() }
    } else this.#since = performance.now()
  }

  /** The target is reached. */
  dialled(stream: Stream): void {
    if (this.#facts === undefined) return
    const tls = stream.tls === undefined ? this.#facts.tls : this.#tlsSide(stream.tls)
    this.#facts = { ...this.#facts, target: stream.remote, ...(tls && { tls }), dialNanos: this.#lap() }
  }

  /** Bytes begin to flow. */
  opened(accepted: Stream, dialled: Stream): void {
    if (!this.#options.interest.pipes) return
    this.#since = performance.now()
    this.#ends = { accepted: this.#end(accepted), dialled: this.#end(dialled) }
    this.#record({ _tag: "Opened", ...this.#stamp(), ...this.#ends })
  }

  /** Bytes have ceased to flow. */
  closed(outcome: PumpOutcome): void {
    this.#over = true
    for (const { message, reason, source } of outcome.failures) {
      this.#record({ _tag: "CopyFailed", ...this.#stamp(), source, reason, message })
    }
    if (this.#ends === undefined) return
    const { forwarded, returned } = outcome
    const reason = closeReasons[outcome.reason]
    this.#record({ _tag: "Closed", ...this.#stamp(), ...this.#ends, forwarded, returned, nanos: this.#lap(), reason })
  }

  /** A stage before the copy failed. */
  failed(failure: ConnectionFailure): void {
    this.#over = true
    const { message, reason, source } = failure
    const why = { source, reason, message }
    switch (failure._tag) {
      case "HandshakeFailed":
        this.#lapInto("handshakeNanos")
        return this.#record({ _tag: "HandshakeFailed", ...this.#stamp(), remote: this.#client, ...why })
      case "DialFailed":
        this.#lapInto("dialNanos")
        return this.#record({ _tag: "DialFailed", ...this.#stamp(), ...why })
      case "PrefixFailed":
      case "CopyFailed":
        return this.#record({ _tag: "PrefixFailed", ...this.#stamp(), ...why })
    }
  }

  /** We cut the pipe. Does nothing when the connection has ended otherwise, or when no reader wants facts. */
  aborted(reason: CloseReason, bytes?: { readonly forwarded: number; readonly returned: number }): void {
    if (this.#over || this.#facts === undefined) return
    this.#over = true
    const nanos = this.#ends === undefined ? undefined : this.#lap()
    this.#record({ _tag: "Aborted", ...this.#stamp(), reason, ...(bytes && { bytes }), nanos })
  }

  #record(record: ConnectionRecord): void {
    this.#options.record(record)
  }

  #stamp(): { readonly at: number; readonly facts?: ConnectionFacts } {
    return this.#facts === undefined ? { at: wallMillis() } : { at: wallMillis(), facts: this.#facts }
  }

  /** Nanoseconds of the present stage; the next one begins. */
  #lap(): number {
    const since = this.#since
    this.#since = performance.now()
    return Math.round((this.#since - since) * 1e6)
  }

  #lapInto(stage: "handshakeNanos" | "dialNanos"): void {
    if (this.#facts !== undefined && this.#facts[stage] === undefined)
      this.#facts = { ...this.#facts, [stage]: this.#lap() }
  }

  #end(stream: Stream): PipeEnd {
    const leaf = stream.tls?.peerChain[0]
    const peer = stream.tls === undefined ? "no tls" : leaf === undefined ? "no cert" : this.#options.subjectOf(leaf)
    return { network: stream.remote.network, address: stream.remote.address, peer }
  }

  #tlsSide({ peerChain, ...facts }: TlsFacts): TlsSide {
    const [leaf] = peerChain
    return { ...facts, resumed: false, subject: leaf === undefined ? undefined : this.#options.subjectOf(leaf) }
  }
}
