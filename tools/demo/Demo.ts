/** The demo: a backend in plaintext, a server tunnel in front of it and a client tunnel in front of that. */

import { once } from "node:events"
import * as Fs from "node:fs/promises"
import * as Http from "node:http"
import * as Os from "node:os"
import * as Path from "node:path"
import { Data, Effect, type Scope } from "effect"
import { clientName, makeCertificates } from "./Certificates.ts"
import { freePorts, startTunnel, type Tunnel } from "./Program.ts"
import { clientWords, type Setup, serverWords, waysToTry } from "./Setup.ts"
import { checkRefusal, checkRequest, checkStatus } from "./Tour.ts"

/** Why the demo cannot go on. */
export class DemoFailure extends Data.TaggedError("DemoFailure")<{ readonly message: string }> {}

const say = (text: string) => Effect.sync(() => process.stdout.write(`${text}\n`))
const attempt = <A>(run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => new DemoFailure({ message: cause instanceof Error ? cause.message : String(cause) })
  })

const temporaryDirectory = Effect.acquireRelease(
  attempt(() => Fs.mkdtemp(Path.join(Os.tmpdir(), "ghostunnel-demo-"))),
  (directory) => Effect.promise(() => Fs.rm(directory, { recursive: true, force: true }))
)

const backend = (port: number) =>
  Effect.acquireRelease(
    attempt(async () => {
      const server = Http.createServer((request, response) => response.end(`The backend heard ${request.url}\n`))
      await once(server.listen(port, "127.0.0.1"), "listening")
      return server
    }),
    (server) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  )

const tunnel = (name: string, words: ReadonlyArray<string>): Effect.Effect<Tunnel, DemoFailure, Scope.Scope> =>
  Effect.acquireRelease(
    attempt(() => startTunnel(words, (line) => process.stdout.write(`   ${name} | ${line}\n`))),
    (running) => Effect.asVoid(Effect.promise(running.stop))
  )

/** Sets everything up and shows it working. With `once` it ends there; otherwise it runs until interrupted. */
export const demo = (once: boolean): Effect.Effect<void, DemoFailure> =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* say("1. Certificates: an authority, a server and a client, made with openssl in a temporary directory")
      const directory = yield* temporaryDirectory
      const certificates = yield* attempt(() => makeCertificates(directory))

      const [port = 0, server = 0, serverStatus = 0, client = 0, clientStatus = 0] = yield* attempt(() => freePorts(5))
      const setup: Setup = { certificates, backend: port, server, serverStatus, client, clientStatus }
      yield* say(`2. Backend: plaintext HTTP on localhost:${port}`)
      yield* backend(port)
      yield* say(`3. Server tunnel: TLS on localhost:${server} for clients named ${clientName}, then to the backend`)
      const first = yield* tunnel("server", serverWords(setup))
      yield* say(`4. Client tunnel: plaintext on localhost:${client}, then TLS to the server tunnel`)
      const second = yield* tunnel("client", clientWords(setup))

      yield* say("5. A request: this program -> client tunnel -> server tunnel -> backend")
      yield* say(`   ${yield* attempt(() => checkRequest(setup))}`)
      yield* say("6. What the tunnels say of themselves on /_status")
      yield* say(`   server: ${yield* attempt(() => checkStatus(setup.serverStatus, certificates))}`)
      yield* say(`   client: ${yield* attempt(() => checkStatus(setup.clientStatus, certificates))}`)
      yield* say("7. A request to the server tunnel without a client certificate")
      yield* say(`   ${yield* attempt(() => checkRefusal(setup))}`)
      if (once) return yield* say("Everything answered as it should; shutting down.")

      yield* say(waysToTry(setup))
      const ended = yield* attempt(() => Promise.race([first.ended, second.ended]))
      return yield* new DemoFailure({ message: `a tunnel ended by itself (${ended})` })
    })
  )
