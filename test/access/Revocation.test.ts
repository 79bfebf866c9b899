/** Revocation of verified chains: every state of two lists against `openssl verify`, and what only we can say. */
import { execFile } from "node:child_process"
import { createPublicKey, X509Certificate } from "node:crypto"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { refusingRevoked, revocationStatus } from "../../src/access/Revocation.ts"
import { parseRevocationList } from "../../src/access/RevocationList.ts"
import type { Judge } from "../../src/access/Verdict.ts"
import { disposeTestCas, type KeyKind, makeCa, type TestCa, testCaDirectory } from "../support/TestCa.ts"
import { type CrlSpec, makeCrl, type TestCrl } from "../support/TestCrl.ts"

afterAll(disposeTestCas)

const now = new Date()
const parsed = (lists: ReadonlyArray<TestCrl>) => lists.map(({ der }) => Result.getOrThrow(parseRevocationList(der)))
const statusOf = (lists: ReadonlyArray<TestCrl>, anchors: ReadonlyArray<string>, chain: ReadonlyArray<Uint8Array>) =>
  revocationStatus(parsed(lists), anchors)(chain, now)

const cast = async () => {
  const root = await makeCa("Revocation Root")
  const middle = await root.makeIntermediate("Revocation Middle")
  return { root, middle, leaf: await middle.issue({ cn: "leaf" }) }
}
const staged = cast()

const states: Readonly<Record<string, (whom: { readonly certPem: string }) => CrlSpec | undefined>> = {
  none: () => undefined,
  fresh: () => ({}),
  stale: () => ({ stale: true }),
  "not yet valid": () => ({ notYetValid: true }),
  revoking: (whom) => ({ revoked: [whom] }),
  "stale and revoking": (whom) => ({ revoked: [whom], stale: true }),
  "not understood": () => ({ extensions: ["1.2.3.4 = critical,ASN1:NULL"] }),
  "not understood and revoking": (whom) => ({ revoked: [whom], extensions: ["1.2.3.4 = critical,ASN1:NULL"] }),
  delta: () => ({ extensions: ["2.5.29.27 = critical,ASN1:INTEGER:1"] }),
  forged: () => ({})
}

let files = 0
const opensslAgrees = async (lists: ReadonlyArray<TestCrl>): Promise<boolean> => {
  const { root, middle, leaf } = await staged
  const path = join(testCaDirectory(), `lists-${++files}.pem`)
  await writeFile(path, lists.map(({ pem }) => pem).join(""))
  const chain = ["-CAfile", root.certPath, "-untrusted", middle.certPath, "-crl_check_all"]
  const given = lists.length === 0 ? [] : ["-CRLfile", path]
  return new Promise((resolve) => {
    execFile("openssl", ["verify", ...chain, ...given, leaf.certPath], (error) => resolve(error === null))
  })
}

/** The list with another signature: its last bytes. */
const forge = ({ der, path }: TestCrl): TestCrl => {
  const changed = Buffer.from(der)
  changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1)
  const lines = changed.toString("base64").replace(/.{64}/g, "$&\n")
  return { path, der: changed, pem: `-----BEGIN X509 CRL-----\n${lines}\n-----END X509 CRL-----\n` }
}

const listOf = async (state: string, of: TestCa, whom: { readonly certPem: string }) => {
  const spec = states[state]?.(whom)
  if (spec === undefined) return []
  const list = await makeCrl(of, spec)
  return [state === "forged" ? forge(list) : list]
}

describe("the status of a chain with an intermediate", () => {
  const names = Object.keys(states)
  it.each(names)("agrees with openssl verify when the root's list is %s", async (upper) => {
    const { root, middle, leaf } = await staged
    for (const lower of names) {
      const lists = [...(await listOf(upper, root, middle)), ...(await listOf(lower, middle, leaf))]
      const status = statusOf(lists, [root.certPem], [leaf.der, middle.der])
      const both = [upper, lower]
      // The program takes a delta for a whole list.
      const good = !both.includes("delta") && (await opensslAgrees(lists))
      assert.strictEqual(status._tag === "Good", good, `${upper}, ${lower}: ${status._tag}`)
      const revoking = both.some((state) => state.includes("revoking"))
      assert.strictEqual(status._tag === "Revoked", revoking, `${upper}, ${lower}`)
    }
  })

  it("names what is missing, stale, early or unusable", async () => {
    const { root, middle, leaf } = await staged
    const good = await makeCrl(root)
    const why = async (spec: CrlSpec | undefined) => {
      const lists = spec === undefined ? [good] : [good, await makeCrl(middle, spec)]
      const status = statusOf(lists, [root.certPem], [leaf.der, middle.der])
      return status._tag === "Unknown" ? status.problem.message : status._tag
    }
    const prefix = "tls: failed to verify certificate: x509: certificate's revocation status is unknown: "
    const of = `${prefix}the revocation list of "CN=Revocation Middle" `
    assert.strictEqual(await why(undefined), `${prefix}no revocation list of "CN=Revocation Middle" is available`)
    const past = new Date("2026-01-02T03:04:05Z")
    const nextUpdate = past
    const thisUpdate = new Date("2026-01-01T00:00:00Z")
    assert.strictEqual(
      await why({ thisUpdate, nextUpdate }),
      `${of}has expired: it was valid until 2026-01-02T03:04:05Z`
    )
    const later = { thisUpdate: new Date("2040-01-02T03:04:05Z"), nextUpdate: new Date("2041-01-01T00:00:00Z") }
    assert.strictEqual(await why(later), `${of}is not yet valid: it begins at 2040-01-02T03:04:05Z`)
    assert.match(await why(states["not understood"]?.(leaf)), /cannot be used: it has an unknown critical extension/)
    // A key identifier is a hint: the signature decides.
    const otherKey = { extensions: [`2.5.29.35 = DER:30168014${"00".repeat(20)}`] }
    assert.strictEqual(await why(otherKey), "Good")
    assert.strictEqual(await why({ ...otherKey, revoked: [leaf] }), "Revoked")
    assert.match(await why(states["delta"]?.(leaf)), /cannot be used: it is a delta of another list$/)
  })

  it("names the revoked authority, and not the peer", async () => {
    const { root, middle, leaf } = await staged
    const status = statusOf([await makeCrl(root, { revoked: [middle] })], [root.certPem], [leaf.der, middle.der])
    const sentence = 'x509: certificate has been revoked (the authority "CN=Revocation Middle")'
    assert.strictEqual(status._tag === "Revoked" && status.problem.message.endsWith(sentence), true)
  })
})

describe("the status of other chains", () => {
  it.each(["p256", "p384", "p521", "rsa", "ed25519"] as const)("with a list signed by %s", async (key: KeyKind) => {
    const root = await makeCa(`Root ${key}`, { key })
    const leaf = await root.issue({ cn: "x" })
    const [good, bad] = [await makeCrl(root), await makeCrl(root, { revoked: [leaf] })]
    assert.strictEqual(statusOf([good], [root.certPem], [leaf.der])._tag, "Good")
    assert.strictEqual(statusOf([bad], [root.certPem], [leaf.der])._tag, "Revoked")
  })

  it.each(["sha256", "sha384", "sha512"])("with a list signed by RSA-PSS and %s", async (digest) => {
    const root = await makeCa("Root pss", { key: "rsa" })
    const leaf = await root.issue({ cn: "x" })
    const options = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]
    const good = await makeCrl(root, { digest, options })
    assert.strictEqual(statusOf([good], [root.certPem], [leaf.der])._tag, "Good")
    const tampered = Buffer.from(good.der)
    tampered.writeUInt8(tampered.readUInt8(tampered.length - 9) ^ 1, tampered.length - 9)
    assert.strictEqual(statusOf([{ ...good, der: tampered }], [root.certPem], [leaf.der])._tag, "Unknown")
  })

  it("asks nothing about a trust anchor, but believes that it is revoked", async () => {
    const { root, middle, leaf } = await staged
    const [ofMiddle, ofRoot] = [await makeCrl(middle), await makeCrl(root, { revoked: [middle] })]
    const chain = [leaf.der, middle.der]
    assert.strictEqual(statusOf([ofMiddle], [middle.certPem], chain)._tag, "Good")
    assert.strictEqual(statusOf([], [leaf.certPem], [leaf.der])._tag, "Good")
    assert.strictEqual(statusOf([ofMiddle, ofRoot], [middle.certPem, root.certPem], chain)._tag, "Revoked")
    assert.strictEqual(statusOf([ofMiddle, ofRoot], [middle.certPem], [...chain, root.der])._tag, "Revoked")
    const self = await root.issue({ cn: "self", selfSigned: true })
    assert.strictEqual(statusOf([], [self.certPem], [self.der])._tag, "Good")
  })

  it("is not misled by certificates that lead nowhere, nor by repeated ones", async () => {
    const { root, middle, leaf } = await staged
    const stray = await (await makeCa("Elsewhere")).makeIntermediate("Revocation Middle")
    const lists = [await makeCrl(root), await makeCrl(middle)]
    const chain = [leaf.der, stray.der, leaf.der, middle.der]
    assert.strictEqual(statusOf(lists, [root.certPem], chain)._tag, "Good")
    const revoking = [await makeCrl(root, { revoked: [middle] }), await makeCrl(middle)]
    assert.strictEqual(statusOf(revoking, [root.certPem], chain)._tag, "Revoked")
  })

  it("asks nothing of an authority's other certificate that leads to no anchor", async () => {
    const { root, middle, leaf } = await staged
    const elsewhere = await makeCa("Elsewhere")
    const publicKeyPem = createPublicKey(middle.certPem).export({ type: "spki", format: "pem" }).toString()
    const crossed = await elsewhere.issue({ cn: "Revocation Middle", publicKeyPem })
    const lists = [await makeCrl(root), await makeCrl(middle)]
    const chain = [leaf.der, crossed.der, elsewhere.der, middle.der]
    assert.strictEqual(statusOf(lists, [root.certPem], chain)._tag, "Good")
    const both = [root.certPem, elsewhere.certPem]
    assert.deepInclude(statusOf(lists, both, chain), { _tag: "Unknown", tolerable: true })
    const revoking = [...lists, await makeCrl(elsewhere, { revoked: [crossed] })]
    assert.strictEqual(statusOf(revoking, both, chain)._tag, "Revoked")
  })

  it("refuses what cannot be followed, in warn mode too", async () => {
    const { root, middle, leaf } = await staged
    const status = statusOf([], [root.certPem], [leaf.der])
    assert.deepInclude(status, { _tag: "Unknown", tolerable: false })
    const broken = statusOf([], [root.certPem], [leaf.der, middle.der, Buffer.from("30030201ff", "hex")])
    assert.deepInclude(broken, { _tag: "Unknown", tolerable: false })
  })

  it("gives up on a chain made to be slow, and refuses it", async () => {
    const { root, middle, leaf } = await staged
    const serial = middle.der.indexOf(Buffer.from(new X509Certificate(middle.certPem).serialNumber, "hex"))
    const fakes = Array.from({ length: 70 }, (_, index) => {
      const fake = Buffer.from(middle.der)
      fake.writeUInt8(index, serial + 5)
      return fake
    })
    const status = statusOf([], [root.certPem], [leaf.der, ...fakes, middle.der])
    assert.deepInclude(status, { _tag: "Unknown", tolerable: false })
  })

  it("refuses keys made to be slow without trying them", async () => {
    const { root, middle, leaf } = await staged
    const bytes = Buffer.alloc(384, 0xff).toString("base64url")
    const slow = createPublicKey({ key: { kty: "RSA", n: bytes, e: bytes }, format: "jwk" })
    const publicKeyPem = slow.export({ type: "spki", format: "pem" }).toString()
    const fake = await (await makeCa("Elsewhere")).issue({ cn: "Revocation Middle", publicKeyPem })
    const lists = [await makeCrl(root), await makeCrl(middle)]
    const status = statusOf(lists, [root.certPem], [leaf.der, fake.der, middle.der])
    assert.deepInclude(status, { _tag: "Unknown", tolerable: false })
    assert.match(status._tag === "Unknown" ? status.why : "", /made to be slow/)
  })

  it("believes a newer list that an entry is gone, and an older one that it is there only when it must", async () => {
    const { root } = await staged
    const leaf = await root.issue({ cn: "held" })
    const hours = (count: number) => new Date(now.getTime() + count * 3_600_000)
    const older = await makeCrl(root, { revoked: [leaf], thisUpdate: hours(-9) })
    const newer = await makeCrl(root, { thisUpdate: hours(-2) })
    const newerStale = await makeCrl(root, { thisUpdate: hours(-2), nextUpdate: hours(-1) })
    assert.strictEqual(statusOf([older, newer], [root.certPem], [leaf.der])._tag, "Good")
    assert.strictEqual(statusOf([older, newerStale], [root.certPem], [leaf.der])._tag, "Revoked")
  })

  it("takes no list of an authority whose key usage forbids it, but believes its bad news", async () => {
    const root = await makeCa("No Lists", { extensions: ["keyUsage = critical,keyCertSign"] })
    const leaf = await root.issue({ cn: "x" })
    const good = statusOf([await makeCrl(root)], [root.certPem], [leaf.der])
    assert.match(good._tag === "Unknown" ? good.why : good._tag, /is not for signing revocation lists/)
    assert.strictEqual(statusOf([await makeCrl(root, { revoked: [leaf] })], [root.certPem], [leaf.der])._tag, "Revoked")
  })
})

describe("refusingRevoked", () => {
  const admit: Judge = () => ({ _tag: "Admitted", by: "test" })
  const refuse: Judge = () => ({ _tag: "Refused", reason: "acl", message: "no" })
  const policy = async (mode: "strict" | "warn", spec: CrlSpec | undefined, told: Array<string> = []) => {
    const { root } = await staged
    const lists = spec === undefined ? [] : parsed([await makeCrl(root, spec)])
    return { status: revocationStatus(lists, [root.certPem]), mode, tolerated: (why: string) => void told.push(why) }
  }
  const peer = async () => {
    const { root } = await staged
    return root.issue({ cn: "direct" })
  }

  it("admits in warn mode what it does not know, and tells", async () => {
    const told: Array<string> = []
    const judge = refusingRevoked(admit, await policy("warn", { stale: true }, told))
    const { der } = await peer()
    assert.strictEqual(judge({ chain: [der], chainError: undefined })._tag, "Admitted")
    assert.match(told.join(), /^the revocation list of "CN=Revocation Root" has expired/)
  })

  it("never admits whom the judge refuses, whose chain is unverified, or who is revoked", async () => {
    const identity = await peer()
    const good = { chain: [identity.der], chainError: undefined }
    for (const mode of ["strict", "warn"] as const) {
      for (const spec of [undefined, {}, { stale: true }] as const) {
        const verdict = refusingRevoked(refuse, await policy(mode, spec))(good)
        assert.deepStrictEqual(verdict, { _tag: "Refused", reason: "acl", message: "no" })
      }
      const unverified = refusingRevoked(admit, await policy(mode, {}))({ ...good, chainError: "CERT_HAS_EXPIRED" })
      assert.strictEqual(unverified._tag, "Refused")
      assert.strictEqual(
        refusingRevoked(admit, await policy(mode, {}))({ chain: [], chainError: undefined })._tag,
        "Refused"
      )
      for (const spec of [{}, { stale: true }, { notYetValid: true }] as const) {
        const verdict = refusingRevoked(admit, await policy(mode, { ...spec, revoked: [identity] }))(good)
        assert.strictEqual(verdict._tag === "Refused" && verdict.reason, "revoked")
      }
    }
  })

  it("refuses at once where the judge would take its time", async () => {
    const identity = await peer()
    const slow: Judge = () => ({ _tag: "Pending", decide: Effect.never })
    const good = { chain: [identity.der], chainError: undefined }
    assert.strictEqual(refusingRevoked(slow, await policy("strict", { revoked: [identity] }))(good)._tag, "Refused")
    assert.strictEqual(refusingRevoked(slow, await policy("strict", {}))(good)._tag, "Pending")
  })
})
