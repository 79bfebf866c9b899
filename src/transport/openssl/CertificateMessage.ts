/** The certificates in a TLS Certificate message (RFC 5246, section 7.4.2; RFC 8446, section 4.4.2). Pure. */

/** `HandshakeType.certificate`. */
const certificateType = 11
const header = 4

const number = (bytes: Uint8Array, at: number, size: number): number | undefined => {
  if (at + size > bytes.length) return undefined
  let value = 0
  for (let index = at; index < at + size; index++) value = value * 256 + (bytes[index] ?? 0)
  return value
}

/** Whether a handshake message, header included, is one with certificates. */
export const isCertificateMessage = (message: Uint8Array): boolean => message[0] === certificateType

/** Where the length of the list stands in such a message: behind the request's context in TLS 1.3. */
export const listLengthAt = (message: Uint8Array, isTls13: boolean): number =>
  isTls13 ? header + 1 + (message[header] ?? 0) : header

/**
 * The certificates, DER, at most `limit` of them. The message ends where it is malformed: what OpenSSL makes of that is
 * OpenSSL's to say.
 */
export const certificatesIn = (message: Uint8Array, isTls13: boolean, limit: number): ReadonlyArray<Uint8Array> => {
  const found: Array<Uint8Array> = []
  let at = listLengthAt(message, isTls13) + 3
  while (found.length < limit) {
    const length = number(message, at, 3)
    if (length === undefined || at + 3 + length > message.length) break
    found.push(message.subarray(at + 3, at + 3 + length))
    at += 3 + length
    if (!isTls13) continue
    const extensions = number(message, at, 2)
    if (extensions === undefined) break
    at += 2 + extensions
  }
  return found
}
