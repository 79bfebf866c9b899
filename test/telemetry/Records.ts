/** Made-up connection records. */
import type { ConnectionFacts, ConnectionRecord } from "../../src/proxy/ConnectionRecord.ts"

const peer = { network: "tcp", address: "127.0.0.1:1" } as const

export const facts = (subject: string | undefined, more: Partial<ConnectionFacts> = {}): ConnectionFacts => ({
  id: "1",
  acceptedAt: 0,
  client: peer,
  tls: {
    version: "TLS 1.3",
    cipher: "TLS_AES_128_GCM_SHA256",
    group: undefined,
    serverName: undefined,
    alpn: undefined,
    resumed: false,
    subject
  },
  handshakeNanos: 2e6,
  dialNanos: 1e6,
  ...more
})

const ends = { accepted: { ...peer, peer: "" }, dialled: { ...peer, peer: "" } }

export const opened = (subject: string | undefined, at = 0): ConnectionRecord => ({
  _tag: "Opened",
  at,
  facts: facts(subject),
  ...ends
})

export const closed = (subject: string | undefined, at = 0, forwarded = 0, returned = 0): ConnectionRecord => ({
  _tag: "Closed",
  at,
  facts: facts(subject),
  forwarded,
  returned,
  nanos: at * 1e6,
  reason: "eof",
  ...ends
})

export const failed = (
  _tag: "HandshakeFailed" | "DialFailed" | "PrefixFailed" | "CopyFailed",
  reason: "untrusted" | "timeout" | "connect_refused",
  message = "because"
): ConnectionRecord => {
  const common = { at: 5, facts: facts(undefined), source: "peer", reason, message } as const
  return _tag === "HandshakeFailed" ? { _tag, ...common, remote: peer } : { _tag, ...common }
}
