/** One `SSL_CTX` per generation of credentials, shared by all of its connections. */
import { Buffer } from "node:buffer"
import { constants } from "node:crypto"
import { Effect, type Scope } from "effect"
import { alpnWire, groups, type TlsOptions, tls12Suites, tls13Suites } from "../../config/TlsOptions.ts"
import type { Identity, TlsMaterial } from "../../credentials/TlsMaterial.ts"
import { checkMaterial, explainMaterial, materialFails, pemOf } from "../MaterialChecks.ts"
import { messageGuard } from "../openssl/MessageGuard.ts"
import type { OpenSsl } from "../openssl/OpenSsl.ts"
import { OpenSslPathEngine } from "../openssl/PathEngine.ts"
import type { ClientTls, ServerTls, TlsMaterialError } from "../Transport.ts"
import { Ssl } from "./Layout.ts"
import { Memory, type NativeThread } from "./NativeThread.ts"
import { takeError } from "./OpenSslErrors.ts"
import type { ProtocolChoice } from "./ProtocolChoice.ts"
import type { Verifier } from "./Verifier.ts"

/** How long after its generation a context is kept, in milliseconds: connections that began with it may still ask for it. */
const afterlife = 30_000

/** A context and who may still use it. */
export class TlsContext {
  /** Verifies the chains of its peers. */
  readonly paths: OpenSslPathEngine
  readonly #thread: NativeThread
  readonly #pointer: bigint
  #freed = false

  constructor(thread: NativeThread, method: bigint, paths: OpenSslPathEngine) {
    this.#thread = thread
    this.paths = paths
    this.#pointer = thread.f.SSL_CTX_new(method)
    if (this.#pointer === 0n) throw materialFails("tls: out of memory")
  }

  /** A new `SSL` of it, which keeps what it needs of the context; undefined when there cannot be one any more. */
  newSession(): bigint | undefined {
    if (this.#freed) return undefined
    const ssl = this.#thread.f.SSL_new(this.#pointer)
    return ssl === 0n ? undefined : ssl
  }

  /** Lets this configure it. Throws what OpenSSL says when a call did not succeed. */
  configure(run: (pointer: bigint, must: (result: number | bigint) => void) => void): void {
    this.#thread.f.ERR_clear_error()
    this.#thread.errorsPossible()
    run(this.#pointer, (result) => {
      if (result <= 0) throw takeError(this.#thread) ?? materialFails("tls: OpenSSL refused the settings")
    })
  }

  /** Frees it at once. Idempotent. */
  free(): void {
    if (this.#freed) return
    this.#freed = true
    this.#thread.f.SSL_CTX_free(this.#pointer)
    this.paths.dispose()
  }

  /** Frees it soon. */
  retire(): void {
    setTimeout(() => this.free(), afterlife).unref()
  }
}

/** Server-side TLS of one generation. */
export class NativeServerTls implements ServerTls {
  readonly generation: number
  readonly context: TlsContext
  readonly requestCertificate: boolean

  constructor(generation: number, context: TlsContext, requestCertificate: boolean) {
    this.generation = generation
    this.context = context
    this.requestCertificate = requestCertificate
  }
}

/** Client-side TLS of one generation. */
export class NativeClientTls implements ClientTls {
  readonly generation: number
  readonly context: TlsContext

  constructor(generation: number, context: TlsContext) {
    this.generation = generation
    this.context = context
  }
}

const cString = (text: string): Buffer => Buffer.from(`${text}\0`)

/** Makes contexts on one thread. */
export class TlsContexts {
  readonly #thread: NativeThread
  readonly #openSsl: OpenSsl
  readonly #verifier: Verifier
  readonly #protocols: ProtocolChoice
  /** An empty C string: the passphrase of a key that must not have one, so that OpenSSL does not prompt for it. */
  readonly #nothing: Memory

  constructor(thread: NativeThread, openSsl: OpenSsl, verifier: Verifier, protocols: ProtocolChoice) {
    this.#thread = thread
    this.#openSsl = openSsl
    this.#verifier = verifier
    this.#protocols = protocols
    this.#nothing = new Memory(thread.bound, 8)
  }

  /** Reads PEM, entry by entry, and frees each when `use` is done with it. */
  #eachPem(pem: string, read: "PEM_read_bio_X509" | "PEM_read_bio_PrivateKey", use: (item: bigint) => void): number {
    const { bound, f } = this.#thread
    const text = Buffer.from(pem)
    const memory = new Memory(bound, Math.max(1, text.length))
    memory.bytes.set(text)
    const bio = f.BIO_new_mem_buf(memory.at, text.length)
    const release = read === "PEM_read_bio_X509" ? f.X509_free : f.EVP_PKEY_free
    let count = 0
    try {
      for (;;) {
        const item = f[read](bio, 0n, 0n, this.#nothing.at)
        if (item === 0n) break
        count++
        try {
          use(item)
        } finally {
          release(item)
        }
        if (read === "PEM_read_bio_PrivateKey") break
      }
    } finally {
      f.BIO_free(bio)
      memory.bytes.fill(0)
      text.fill(0)
      f.ERR_clear_error()
    }
    return count
  }

  #common(context: TlsContext, material: TlsMaterial, options: TlsOptions, groupList: string): void {
    const { f } = this.#thread
    context.configure((ctx, must) => {
      const max = options.maxVersion === "TLSv1.2" ? Ssl.TLS1_2_VERSION : Ssl.TLS1_3_VERSION
      must(f.SSL_CTX_ctrl(ctx, Ssl.CTRL_SET_MIN_PROTO_VERSION, BigInt(Ssl.TLS1_2_VERSION), 0n))
      must(f.SSL_CTX_ctrl(ctx, Ssl.CTRL_SET_MAX_PROTO_VERSION, BigInt(max), 0n))
      must(f.SSL_CTX_set_cipher_list(ctx, cString(tls12Suites(options.cipherGroups).join(":"))))
      must(f.SSL_CTX_set_ciphersuites(ctx, cString(tls13Suites.join(":"))))
      must(f.SSL_CTX_ctrl(ctx, Ssl.CTRL_SET_GROUPS_LIST, 0n, cString(groupList)))
      const mode = Ssl.MODE_ENABLE_PARTIAL_WRITE | Ssl.MODE_ACCEPT_MOVING_WRITE_BUFFER | Ssl.MODE_RELEASE_BUFFERS
      f.SSL_CTX_ctrl(ctx, Ssl.CTRL_MODE, BigInt(mode | Ssl.MODE_NO_AUTO_CHAIN), 0n)
      // Treat a FIN without close_notify as EOF. One inside a record shows in the session's state.
      f.SSL_CTX_set_options(ctx, BigInt(Ssl.OP_IGNORE_UNEXPECTED_EOF))
      // As with Node and Go (RFC 8879): clients that compress anew for each handshake spend more on it than on all of the
      // cryptography, and what an unjudged peer sends is not to be decompressed.
      f.SSL_CTX_set_options(ctx, Ssl.OP_NO_TX_CERTIFICATE_COMPRESSION | Ssl.OP_NO_RX_CERTIFICATE_COMPRESSION)
      f.SSL_CTX_ctrl(ctx, Ssl.CTRL_SET_SESS_CACHE_MODE, 0n, 0n)
      // One read() a record instead of two.
      f.SSL_CTX_ctrl(ctx, Ssl.CTRL_SET_READ_AHEAD, 1n, 0n)
      f.SSL_CTX_set_default_read_buffer_len(ctx, 18_000n)
      messageGuard(this.#openSsl).install(ctx)
      if (material.identity !== undefined) this.#present(ctx, must, material.identity)
      f.SSL_CTX_set_cert_verify_callback(ctx, this.#verifier.callback, 0n)
    })
  }

  #present(ctx: bigint, must: (result: number | bigint) => void, identity: Identity): void {
    const { f } = this.#thread
    let first = true
    this.#eachPem(identity.chainPem, "PEM_read_bio_X509", (certificate) => {
      // With 1 for the third argument OpenSSL takes a reference of its own.
      must(
        first ? f.SSL_CTX_use_certificate(ctx, certificate) : f.SSL_CTX_ctrl(ctx, Ssl.CTRL_CHAIN_CERT, 1n, certificate)
      )
      first = false
    })
    const keys = this.#eachPem(pemOf(identity.key), "PEM_read_bio_PrivateKey", (key) =>
      must(f.SSL_CTX_use_PrivateKey(ctx, key))
    )
    if (first || keys === 0) throw materialFails("tls: failed to parse the certificate or its private key")
    must(f.SSL_CTX_check_private_key(ctx))
  }

  /** Makes a context and configures it; it is freed when that fails, and some time after its scope has closed. */
  #scoped<A>(
    material: TlsMaterial,
    method: bigint,
    configure: (context: TlsContext) => A
  ): Effect.Effect<A, TlsMaterialError, Scope.Scope> {
    const made = Effect.try({
      try: () => {
        checkMaterial(material)
        const paths = new OpenSslPathEngine(this.#openSsl, material.trustAnchors)
        const context = new TlsContext(this.#thread, method, paths)
        try {
          return { context, tls: configure(context) }
        } catch (error) {
          context.free()
          throw error
        }
      },
      catch: explainMaterial
    })
    return Effect.map(
      Effect.acquireRelease(made, ({ context }) => Effect.sync(() => context.retire())),
      ({ tls }) => tls
    )
  }

  /** Builds one generation of server TLS. */
  server(
    material: TlsMaterial,
    options: TlsOptions & { readonly requestCertificate: boolean; readonly sendCaNames: boolean }
  ): Effect.Effect<NativeServerTls, TlsMaterialError, Scope.Scope> {
    const { f } = this.#thread
    return this.#scoped(material, f.TLS_server_method(), (context) => {
      if (material.identity === undefined) throw materialFails("tls: no certificates configured")
      this.#common(context, material, options, groups.join(":"))
      context.configure((ctx, must) => {
        const flags =
          constants.SSL_OP_NO_TICKET |
          constants.SSL_OP_NO_RENEGOTIATION |
          constants.SSL_OP_CIPHER_SERVER_PREFERENCE |
          constants.SSL_OP_PRIORITIZE_CHACHA |
          constants.SSL_OP_NO_COMPRESSION
        f.SSL_CTX_set_options(ctx, BigInt(flags >>> 0))
        must(f.SSL_CTX_set_num_tickets(ctx, 0n))
        const name = Buffer.from("ghostunnel")
        must(f.SSL_CTX_set_session_id_context(ctx, name, name.length))
        const verify = options.requestCertificate ? Ssl.VERIFY_PEER | Ssl.VERIFY_FAIL_IF_NO_PEER_CERT : Ssl.VERIFY_NONE
        f.SSL_CTX_set_verify(ctx, verify, 0n)
        const alpn = alpnWire(options)
        if (alpn !== undefined)
          f.SSL_CTX_set_alpn_select_cb(ctx, this.#protocols.callback, this.#protocols.listed(alpn))
        if (!options.requestCertificate || !options.sendCaNames) return
        for (const anchor of material.trustAnchors) {
          this.#eachPem(anchor, "PEM_read_bio_X509", (certificate) => must(f.SSL_CTX_add_client_CA(ctx, certificate)))
        }
      })
      return new NativeServerTls(material.generation, context, options.requestCertificate)
    })
  }

  /** Builds one generation of client TLS. The first two groups are marked for a key share in the first message. */
  client(material: TlsMaterial, options: TlsOptions): Effect.Effect<NativeClientTls, TlsMaterialError, Scope.Scope> {
    const { f } = this.#thread
    return this.#scoped(material, f.TLS_client_method(), (context) => {
      this.#common(
        context,
        material,
        options,
        groups.map((group, index) => (index < 2 ? `*${group}` : group)).join(":")
      )
      context.configure((ctx, must) => {
        const flags = constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION
        f.SSL_CTX_set_options(ctx, BigInt(flags >>> 0))
        f.SSL_CTX_set_verify(ctx, Ssl.VERIFY_PEER, 0n)
        const alpn = alpnWire(options)
        // Unlike other calls it returns 0 when it has succeeded.
        if (alpn !== undefined) must(f.SSL_CTX_set_alpn_protos(ctx, alpn, alpn.length) === 0 ? 1 : 0)
      })
      return new NativeClientTls(material.generation, context)
    })
  }
}
