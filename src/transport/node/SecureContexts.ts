/** One native TLS context per generation of credentials, shared by all of its connections. */
import { constants, createPrivateKey, type KeyObject, X509Certificate } from "node:crypto"
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls"
import { Effect } from "effect"
import { alpnWire, groups, type TlsOptions, tls12Suites, tls13Suites } from "../../config/TlsOptions.ts"
import type { Identity, TlsMaterial } from "../../credentials/TlsMaterial.ts"
import { type ClientTls, type ServerTls, TlsMaterialError } from "../Transport.ts"
import { textProperty } from "./SystemErrors.ts"

/** What a Node socket is told of application protocols: no context of Node's holds them. */
type Alpn = { readonly ALPNProtocols?: Buffer }

const alpnOf = (options: TlsOptions): Alpn => {
  const wire = alpnWire(options)
  return wire === undefined ? {} : { ALPNProtocols: wire }
}

/** Server-side TLS of one generation. */
export class NodeServerTls implements ServerTls {
  readonly generation: number
  readonly context: SecureContext
  readonly requestCertificate: boolean
  readonly alpn: Alpn

  constructor(generation: number, context: SecureContext, requestCertificate: boolean, alpn: Alpn) {
    this.generation = generation
    this.context = context
    this.requestCertificate = requestCertificate
    this.alpn = alpn
  }
}

/** Client-side TLS of one generation. */
export class NodeClientTls implements ClientTls {
  readonly generation: number
  readonly context: SecureContext
  readonly alpn: Alpn

  constructor(generation: number, context: SecureContext, alpn: Alpn) {
    this.generation = generation
    this.context = context
    this.alpn = alpn
  }
}

const explain = (error: unknown): string => {
  const reason = textProperty(error, "reason") ?? textProperty(error, "message") ?? String(error)
  if (/key values mismatch/i.test(reason)) return "tls: private key does not match public key"
  if (/key too small/i.test(reason)) return "tls: the certificate's key is too small: OpenSSL takes RSA from 2048 bits"
  if (/md too weak/i.test(reason)) return "tls: the certificate's signature algorithm is too weak for OpenSSL"
  return `tls: ${reason}`
}

const fails = (message: string) => new TlsMaterialError({ message })

const parsed = <A>(what: string, parse: () => A): A => {
  try {
    return parse()
  } catch (error) {
    throw fails(`tls: failed to parse ${what}: ${textProperty(error, "reason") ?? textProperty(error, "message")}`)
  }
}

/** OpenSSL notices a foreign key only when it is of the certificate's own type. */
const checkPair = (identity: Identity): void => {
  const leaf = parsed("certificate", () => new X509Certificate(identity.chainPem))
  const key: KeyObject = parsed("private key", () => createPrivateKey(identity.keyPem))
  if (!leaf.checkPrivateKey(key)) throw fails("tls: private key does not match public key")
}

const common = (material: TlsMaterial, options: TlsOptions): SecureContextOptions => ({
  ...(material.identity === undefined ? {} : { cert: material.identity.chainPem, key: material.identity.keyPem }),
  minVersion: "TLSv1.2",
  maxVersion: options.maxVersion,
  ciphers: [...tls13Suites, ...tls12Suites(options.cipherGroups)].join(":"),
  allowPartialTrustChain: true
})

const build = <A>(material: TlsMaterial, make: () => A): Effect.Effect<A, TlsMaterialError> =>
  Effect.try({
    try: () => {
      if (material.identity !== undefined) checkPair(material.identity)
      // OpenSSL skips what it cannot read, and would then trust fewer than it was told to.
      for (const anchor of material.trustAnchors) parsed("trust anchor", () => new X509Certificate(anchor))
      return make()
    },
    catch: (error) => (error instanceof TlsMaterialError ? error : fails(explain(error)))
  })

/**
 * Builds one generation of server TLS. Node announces every anchor it is given; without announcements
 * (`sendCaNames: false`) the context therefore holds none, and `chainError` is set for every peer.
 */
export const serverTls = (
  material: TlsMaterial,
  options: TlsOptions & { readonly requestCertificate: boolean; readonly sendCaNames: boolean }
): Effect.Effect<NodeServerTls, TlsMaterialError> =>
  build(material, () => {
    if (material.identity === undefined) throw fails("tls: no certificates configured")
    const context = createSecureContext({
      ...common(material, options),
      // An empty list, unlike none at all, keeps Node's own roots out.
      ca: options.requestCertificate && options.sendCaNames ? [...material.trustAnchors] : [],
      honorCipherOrder: true,
      ecdhCurve: groups.join(":"),
      secureOptions:
        constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_PRIORITIZE_CHACHA,
      sessionIdContext: "ghostunnel"
    })
    return new NodeServerTls(material.generation, context, options.requestCertificate, alpnOf(options))
  })

/** Builds one generation of client TLS. The first two groups are marked for a key share in the first message. */
export const clientTls = (material: TlsMaterial, options: TlsOptions): Effect.Effect<NodeClientTls, TlsMaterialError> =>
  build(material, () => {
    const context = createSecureContext({
      ...common(material, options),
      ca: [...material.trustAnchors],
      ecdhCurve: groups.map((group, index) => (index < 2 ? `*${group}` : group)).join(":"),
      secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION
    })
    return new NodeClientTls(material.generation, context, alpnOf(options))
  })
