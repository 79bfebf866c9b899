/** The answer to "may this peer pass?", and what it is asked about. Plain values: no socket, no clock. */

import type { Effect } from "effect"
import type { PathEngine } from "./PathEngine.ts"

/** What is known of a peer's connection beside its certificate. */
export interface ConnectionFacts {
  /** The peer's IP address or the path of its UNIX socket, without a port. */
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
  /** The name asked for by SNI. */
  readonly serverName?: string | undefined
  readonly alpn?: string | undefined
  readonly tlsVersion?: "TLSv1.2" | "TLSv1.3" | undefined
}

/** What a peer showed in its handshake, before anything else is known about it. */
export interface PresentedPeer {
  /** Its certificates as sent, DER, leaf first; empty when it sent none. */
  readonly chain: ReadonlyArray<Uint8Array>
  /**
   * OpenSSL's verdict on the chain: undefined when it verified up to a trust anchor, else the name of the error
   * (`CERT_HAS_EXPIRED`, ..). A peer without a certificate never has `undefined` here.
   */
  readonly chainError: string | undefined
  /** What verifies the chain where the TLS library did not; `chainError` then names an error that stands for nothing. */
  readonly paths?: PathEngine | undefined
  /** Facts of the connection, read when a policy asks for them. */
  readonly connection?: (() => ConnectionFacts) | undefined
}

/** Why a peer is refused: stable names, used as metric labels. */
export type RefusalReason =
  | "no_cert"
  | "untrusted"
  | "expired"
  | "key_usage"
  | "revoked"
  | "hostname"
  | "acl"
  | "pin"
  | "bad_certificate"

/** Why no rule names the peer: bounded text without control characters, in words. */
export interface Why {
  /** Names of the peer, of the kinds that rules are about. */
  readonly presented: string
  /** What the rules allow. */
  readonly required: string
  /** The rule that the peer missed by least. */
  readonly nearest?: string | undefined
}

export type Verdict =
  | { readonly _tag: "Admitted" /** The rule that matched, in words. */; readonly by: string }
  | {
      readonly _tag: "Refused"
      readonly reason: RefusalReason /** The log's sentence, the Go program's wording first. */
      readonly message: string
      readonly why?: Why
    }

/**
 * A decision that needs time: the transport leaves the peer unread, dials nothing until it is made, and interrupts it at the
 * handshake's deadline. A failure, a defect or an interruption is a refusal.
 */
export interface Pending {
  readonly _tag: "Pending"
  readonly decide: Effect.Effect<Verdict>
}

/** Decides on a peer whose chain is verified, by its leaf. Synchronous, bounded, and a refusal whenever in doubt. */
export type PeerPolicy = (leaf: Uint8Array, connection: () => ConnectionFacts) => Verdict

/** Judges one peer. Called as early in the handshake as the transport can; must not throw. */
export type Judge = (peer: PresentedPeer) => Verdict | Pending
