/**
 * A ClientHello as OpenSSL is about to read it (RFC 8446, section 4.1.2). One extension is hidden from OpenSSL: with
 * `signature_algorithms_cert` it refuses clients that do not name the algorithm with which our certificate was signed. The
 * tunnel has this one chain and sends it nevertheless, as section 4.4.2.2 wants it and the Go program does. Pure.
 */

/** `HandshakeType.client_hello`. */
const clientHelloType = 1
const header = 4
const versionAndRandom = 34

const signatureAlgorithmsCert = 50
/** For private use: no extension of OpenSSL's. */
const hidden = 0xfe32

/** Whether a handshake message, header included, is a ClientHello. */
export const isClientHello = (message: Uint8Array): boolean => message[0] === clientHelloType

/** Hides the extension in the message itself, whose transcript has been taken. Leaves one that is malformed as it is. */
export const hideSignatureAlgorithmsCert = (message: Uint8Array): void => {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  try {
    let at = header + versionAndRandom
    at += 1 + view.getUint8(at)
    at += 2 + view.getUint16(at)
    at += 1 + view.getUint8(at)
    const end = Math.min(message.length, at + 2 + view.getUint16(at))
    for (at += 2; at + 4 <= end; at += 4 + view.getUint16(at + 2)) {
      if (view.getUint16(at) === signatureAlgorithmsCert) view.setUint16(at, hidden)
    }
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
  }
}
