import { Duplex } from "node:stream"
import { TLSSocket } from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import type { Judge } from "../../src/access/Verdict.ts"
import { judgePeer } from "../../src/transport/node/PeerVerdict.ts"

const admitAll: Judge = () => ({ _tag: "Admitted", by: "a judge that admits whoever reaches it" })

/** A socket whose native half answers as told. */
const socketWith = (handle: Record<string, unknown>): TLSSocket => {
  const socket = new TLSSocket(new Duplex())
  socket.on("error", () => {})
  Reflect.set(socket, "_handle", { isSessionReused: () => false, ...handle })
  return socket
}

describe("judgePeer fails closed", () => {
  const unreadable: ReadonlyArray<readonly [string, Record<string, unknown>]> = [
    ["verifyError is missing", { hasPeerCertificate: () => true }],
    ["verifyError is no function", { verifyError: true, hasPeerCertificate: () => true }],
    [
      "verifyError throws",
      {
        verifyError: () => {
          throw new Error("gone")
        },
        hasPeerCertificate: () => true
      }
    ],
    ["hasPeerCertificate is missing", { verifyError: () => undefined }],
    ["the certificates cannot be read", { verifyError: () => undefined, hasPeerCertificate: () => true }],
    // All else is well: nothing but the resumption speaks against the peer.
    [
      "the session was resumed",
      {
        isSessionReused: () => true,
        verifyError: () => undefined,
        hasPeerCertificate: () => true,
        getPeerX509Certificate: () => undefined
      }
    ]
  ]
  for (const [what, handle] of unreadable) {
    it(`when ${what}, even before a judge that admits everyone`, () => {
      const { chain, verdict } = judgePeer(socketWith(handle), admitAll, true)
      assert.strictEqual(verdict._tag, "Refused")
      assert.deepStrictEqual(chain, [])
    })
  }

  it("by telling the judge of an error when OpenSSL is content but there is no certificate", () => {
    const handle = {
      verifyError: () => undefined,
      hasPeerCertificate: () => false,
      getPeerX509Certificate: () => undefined
    }
    const seen: Array<string | undefined> = []
    const judge: Judge = ({ chainError }) => {
      seen.push(chainError)
      return { _tag: "Refused", reason: "no_cert", message: "none" }
    }
    judgePeer(socketWith(handle), judge, true)
    assert.deepStrictEqual(seen, ["UNABLE_TO_GET_ISSUER_CERT"])
  })

  const words: ReadonlyArray<readonly [words: string, name: string]> = [
    ["CA signature digest algorithm too weak", "CA_MD_TOO_WEAK"],
    ["EE certificate key too weak", "EE_KEY_TOO_SMALL"],
    ["unhandled critical extension", "UNHANDLED_CRITICAL_EXTENSION"],
    ["certificate's nonsense: (new)", "CERTIFICATE_S_NONSENSE_NEW_"],
    ["", "UNSPECIFIED"]
  ]
  it.each(words)("by naming an error that Node has no name for: %s", (message, name) => {
    const verifyError = () => Object.assign(new Error(message), { code: "UNSPECIFIED" })
    const handle = { verifyError, hasPeerCertificate: () => true, getPeerX509Certificate: () => undefined }
    const seen: Array<string | undefined> = []
    const judge: Judge = ({ chainError }) => {
      seen.push(chainError)
      return { _tag: "Refused", reason: "untrusted", message: "no" }
    }
    judgePeer(socketWith(handle), judge, true)
    assert.deepStrictEqual(seen, [name])
  })

  it("when the judge throws", () => {
    const judge: Judge = () => {
      throw new Error("broken policy")
    }
    const { verdict } = judgePeer(socketWith({}), judge, false)
    assert.strictEqual(verdict._tag, "Refused")
  })
})
