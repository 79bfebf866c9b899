/** The bytes a connection carries: another sequence for every connection and direction, and known at every place. */
import { createHash } from "node:crypto"

/** Prime, so that no shift by a power of two, which buffers are likely to be off by, meets the same bytes. */
const period = 1_048_573

const block = ((): Buffer => {
  const parts: Array<Buffer> = []
  for (let i = 0; i * 64 < period; i++) parts.push(createHash("sha512").update(`block ${i}`).digest())
  return Buffer.concat(parts).subarray(0, period)
})()

/** Twice, so that any piece up to the period is one slice. */
const twice = Buffer.concat([block, block])

/** The largest piece that can be asked for. */
export const largestPiece = period

/** The bytes of a sequence from an offset on. */
export const piece = (sequence: number, offset: number, size: number): Buffer => {
  const from = (sequence * 7_919 + offset) % period
  return twice.subarray(from, from + size)
}

/** Where the bytes differ from the sequence; undefined when they do not. */
export const firstWrong = (sequence: number, offset: number, bytes: Buffer): number | undefined => {
  for (let at = 0; at < bytes.length; at += period) {
    const part = bytes.subarray(at, at + period)
    const wanted = piece(sequence, offset + at, part.length)
    if (part.equals(wanted)) continue
    return offset + at + part.findIndex((byte, index) => byte !== wanted[index])
  }
  return undefined
}
