/** The payload of a connection: a different sequence for every connection and direction, computable at every offset. */
import { createHash } from "node:crypto"

/** Prime, so that data shifted by a power of two, a likely buffer bug, does not match. */
const period = 1_048_573

const block = ((): Buffer => {
  const parts: Array<Buffer> = []
  for (let i = 0; i * 64 < period; i++) parts.push(createHash("sha512").update(`block ${i}`).digest())
  return Buffer.concat(parts).subarray(0, period)
})()

/** The period twice, so that any piece up to one period is a single slice. */
const twice = Buffer.concat([block, block])

/** The largest piece. */
export const largestPiece = period

/** The bytes of a sequence from an offset on. */
export const piece = (sequence: number, offset: number, size: number): Buffer => {
  const from = (sequence * 7_919 + offset) % period
  return twice.subarray(from, from + size)
}

/** The first offset at which the bytes differ from the sequence; undefined if they match. */
export const firstWrong = (sequence: number, offset: number, bytes: Buffer): number | undefined => {
  for (let at = 0; at < bytes.length; at += period) {
    const part = bytes.subarray(at, at + period)
    const wanted = piece(sequence, offset + at, part.length)
    if (part.equals(wanted)) continue
    return offset + at + part.findIndex((byte, index) => byte !== wanted[index])
  }
  return undefined
}
