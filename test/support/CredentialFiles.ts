/** Files of a tunnel's credentials in a directory of their own, and the service that loads them. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Redacted } from "effect"
import type { CredentialSource } from "../../src/config/CredentialConfig.ts"
import { Credentials } from "../../src/credentials/Credentials.ts"
import { makeCa, testCaDirectory } from "./TestCa.ts"

let directories = 0

/** A directory of one test, with what a tunnel finds there. */
export const files = Effect.promise(async () => {
  const directory = join(testCaDirectory(), `credentials-${++directories}`)
  mkdirSync(directory)
  const ca = await makeCa("Credentials")
  const [first, second, deep] = await Promise.all([
    ca.issue({ cn: "first", ou: ["a", "b"] }),
    ca.issue({ cn: "second" }),
    ca.issue({ cn: "deep", intermediate: true })
  ])
  const at = (name: string) => join(directory, name)
  const put = (name: string, text: string | Uint8Array) => {
    writeFileSync(at(name), text)
    return at(name)
  }
  const paths = {
    cert: put("cert.pem", first.certPem),
    key: put("key.pem", first.keyPem),
    ca: put("ca.pem", ca.certPem)
  }
  return { ca, first, second, deep, at, put, paths }
})

export const keyPair = (certificatePath: string, keyPath: string) =>
  ({ _tag: "KeyPair", certificatePath, keyPath }) as const

export const keystore = (path: string, password?: string) =>
  password === undefined
    ? ({ _tag: "Keystore", path } as const)
    : ({ _tag: "Keystore", path, password: Redacted.make(password) } as const)

export const none: CredentialSource = { _tag: "None" }

/** Loads them. */
export const build = (source: CredentialSource, caPath: string | undefined, environment?: NodeJS.ProcessEnv) =>
  Credentials.pipe(Effect.provide(Credentials.layer(source, caPath, environment)))

/** The sentence with which loading them fails. */
export const failureOf = (source: CredentialSource, caPath: string | undefined) =>
  Effect.map(Effect.flip(build(source, caPath)), (error) => error.message)
