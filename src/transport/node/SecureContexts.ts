/** One native TLS context per generation of credentials, shared by all of its connections. */
import { constants } from "node:crypto"
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls"
import { Effect } from "effect"
import { alpnWire, groups, type TlsOptions, tls12Suites, tls13Suites } from "../../config/TlsOptions.ts"
import type { TlsMaterial } from "../../credentials/TlsMaterial.ts"
import { checkMaterial, explainMaterial, materialFails } from "../MaterialChecks.ts"
import type { ClientTls, ServerTls, TlsMaterialError } from "../Transport.ts"

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
      checkMaterial(material)
      return make()
    },
    catch: explainMaterial
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
    if (material.identity === undefined) throw materialFails("tls: no certificates configured")
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
