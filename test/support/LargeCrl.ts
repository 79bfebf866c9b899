/** Revocation lists with many entries, made here: the `openssl` program takes minutes for them. */
import { createPrivateKey, sign, X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"
import type { TestCa } from "./TestCa.ts"

const tlv = (identifier: number, ...parts: ReadonlyArray<Uint8Array>): Buffer => {
  const content = Buffer.concat(parts)
  const size = content.length.toString(16)
  const bytes = Buffer.from(size.padStart(size.length + (size.length % 2), "0"), "hex")
  const length = content.length < 0x80 ? Buffer.from([content.length]) : Buffer.from([0x80 | bytes.length, ...bytes])
  return Buffer.concat([Buffer.from([identifier]), length, content])
}

const utc = (date: Date) =>
  tlv(
    0x17,
    Buffer.from(
      `${date
        .toISOString()
        .replace(/\.\d+|[-:T]/g, "")
        .slice(2, 14)}Z`
    )
  )
const ecdsaSha256 = tlv(0x30, Buffer.from("06082a8648ce3d040302", "hex"))
const hour = 3_600_000

/** The subject of a certificate, as it stands in there. */
const subjectOf = (certificate: X509Certificate): Buffer => {
  const name = certificate.subject.split("\n").map((line) => {
    const value = Buffer.from(line.slice(line.indexOf("=") + 1))
    return tlv(0x31, tlv(0x30, Buffer.from("0603550403", "hex"), tlv(0x0c, value)))
  })
  return tlv(0x30, ...name)
}

/** A fresh list of a P-256 authority whose subject is a common name: `count` made-up serial numbers and these ones. */
export const makeLargeCrl = (
  ca: Pick<TestCa, "certPem" | "keyPath">,
  count: number,
  revoked: ReadonlyArray<{ readonly certPem: string }> = []
): Buffer => {
  const now = Date.now()
  const date = utc(new Date(now - hour))
  const reason = Buffer.from("300c300a0603551d1504030a0101", "hex")
  const entry = (serial: Uint8Array) => tlv(0x30, tlv(2, serial), date, reason)
  const template = entry(Buffer.alloc(20, 0x31))
  const made = Buffer.alloc(count * template.length, template)
  const serialAt = template.indexOf(Buffer.alloc(20, 0x31))
  for (let index = 0; index < count; index++) made.writeUInt32BE(index, index * template.length + serialAt + 7)
  const named = revoked.map(({ certPem }) => {
    const serial = Buffer.from(new X509Certificate(certPem).serialNumber, "hex")
    return entry((serial[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), serial]) : serial)
  })
  const signed = tlv(
    0x30,
    ...[Buffer.from("020101", "hex"), ecdsaSha256, subjectOf(new X509Certificate(ca.certPem))],
    ...[date, utc(new Date(now + 48 * hour)), tlv(0x30, Buffer.concat([made, ...named]))]
  )
  const signature = sign("sha256", signed, createPrivateKey(readFileSync(ca.keyPath)))
  return tlv(0x30, signed, ecdsaSha256, tlv(3, Buffer.from([0]), signature))
}
