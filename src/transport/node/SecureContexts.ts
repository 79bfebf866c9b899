/** One native TLS context per generation of credentials, shared by all of its connections. */
import { constants } from "node:crypto"
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls"
import { Effect, type Scope } from "effect"
import type { PathEngine } from "../../access/PathEngine.ts"
import { alpnWire, groups, type TlsOptions, tls12Suites, tls13Suites } from "../../config/TlsOptions.ts"
import type { TlsMaterial } from "../../credentials/TlsMaterial.ts"
import { checkMaterial, explainMaterial, materialFails, pemOf } from "../MaterialChecks.ts"
import { contextGuard } from "../openssl/ContextGuard.ts"
import { OpenSslPathEngine } from "../openssl/PathEngine.ts"
import type { ClientTls, ServerTls, TlsMaterialError } from "../Transport.ts"

/** The socket options for application protocols: Node's contexts do not hold them. */
type Alpn = { readonly ALPNProtocols?: Buffer }

const alpnOf = (options: TlsOptions): Alpn => {
  const wire = alpnWire(options)
  return wire === undefined ? {} : { ALPNProtocols: wire }
}

/** A context, and what verifies the chains of its peers; undefined where Node does. */
interface Guarded {
  readonly context: SecureContext
  readonly paths: OpenSslPathEngine | undefined
  /** Where OpenSSL has the context; undefined where it cannot be reached. */
  readonly address: bigint | undefined
}

/** How long after its generation an engine is kept, in milliseconds: handshakes that began with it may still ask for it. */
const afterlife = 30_000

/** Server-side TLS of one generation. */
export class NodeServerTls implements ServerTls {
  readonly generation: number
  readonly context: SecureContext
  readonly paths: PathEngine | undefined
  readonly address: bigint | undefined
  readonly requestCertificate: boolean
  readonly alpn: Alpn

  constructor(generation: number, { address, context, paths }: Guarded, requestCertificate: boolean, alpn: Alpn) {
    this.generation = generation
    this.context = context
    this.paths = paths
    this.address = address
    this.requestCertificate = requestCertificate
    this.alpn = alpn
  }
}

/** Client-side TLS of one generation. */
export class NodeClientTls implements ClientTls {
  readonly generation: number
  readonly context: SecureContext
  readonly paths: PathEngine | undefined
  readonly alpn: Alpn

  constructor(generation: number, { context, paths }: Guarded, alpn: Alpn) {
    this.generation = generation
    this.context = context
    this.paths = paths
    this.alpn = alpn
  }
}

const common = (material: TlsMaterial, options: TlsOptions): SecureContextOptions => ({
  ...(material.identity === undefined ? {} : { cert: material.identity.chainPem, key: pemOf(material.identity.key) }),
  minVersion: "TLSv1.2",
  maxVersion: options.maxVersion,
  ciphers: [...tls13Suites, ...tls12Suites(options.cipherGroups)].join(":"),
  allowPartialTrustChain: true
})

const guarded = (material: TlsMaterial, context: SecureContext): Guarded => {
  const guard = contextGuard()
  if (typeof guard === "string") return { context, paths: undefined, address: undefined }
  // Otherwise no code would verify the chains of this context.
  const address = guard.install(context)
  if (address === undefined) throw materialFails("tls: the context cannot be reached")
  return { context, address, paths: new OpenSslPathEngine(guard.openSsl, material.trustAnchors) }
}

/** Tells the guard of the context which descriptor its next connection has. */
export const nextDescriptor = ({ address }: NodeServerTls, fd: number | undefined): void => {
  const guard = contextGuard()
  if (typeof guard === "object" && address !== undefined) guard.messages.nextDescriptor(address, fd ?? -1)
}

const retire = (paths: OpenSslPathEngine | undefined): void => {
  setTimeout(() => paths?.dispose(), afterlife).unref()
}

const build = <A extends { readonly paths: PathEngine | undefined }>(
  material: TlsMaterial,
  settings: () => SecureContextOptions,
  make: (guarded: Guarded) => A
): Effect.Effect<A, TlsMaterialError, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.try({
        try: () => {
          checkMaterial(material)
          const context = guarded(material, createSecureContext(settings()))
          return { owner: context.paths, tls: make(context) }
        },
        catch: explainMaterial
      }),
      ({ owner }) => Effect.sync(() => retire(owner))
    ),
    ({ tls }) => tls
  )

/**
 * Builds one generation of server TLS. Node announces every anchor it is given; without announcements
 * (`sendCaNames: false`) the context therefore holds none, and `chainError` is set for every peer.
 */
export const serverTls = (
  material: TlsMaterial,
  options: TlsOptions & { readonly requestCertificate: boolean; readonly sendCaNames: boolean }
): Effect.Effect<NodeServerTls, TlsMaterialError, Scope.Scope> =>
  build(
    material,
    () => {
      if (material.identity === undefined) throw materialFails("tls: no certificates configured")
      return {
        ...common(material, options),
        // An empty list, unlike none at all, keeps Node's own roots out.
        ca: options.requestCertificate && options.sendCaNames ? [...material.trustAnchors] : [],
        honorCipherOrder: true,
        ecdhCurve: groups.join(":"),
        secureOptions:
          constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_PRIORITIZE_CHACHA,
        sessionIdContext: "ghostunnel"
      }
    },
    (context) => new NodeServerTls(material.generation, context, options.requestCertificate, alpnOf(options))
  )

/** Builds one generation of client TLS. The first two groups are marked for a key share in the first message. */
export const clientTls = (
  material: TlsMaterial,
  options: TlsOptions
): Effect.Effect<NodeClientTls, TlsMaterialError, Scope.Scope> =>
  build(
    material,
    () => ({
      ...common(material, options),
      ca: typeof contextGuard() === "string" ? [...material.trustAnchors] : [],
      ecdhCurve: groups.map((group, index) => (index < 2 ? `*${group}` : group)).join(":"),
      secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION
    }),
    (context) => new NodeClientTls(material.generation, context, alpnOf(options))
  )
