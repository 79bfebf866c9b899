/** Reads the first message of a TLS client (RFC 8446, section 4.1.2), as far as tests look into it. */

export interface ClientHello {
  readonly suites: ReadonlyArray<number>
  readonly compressions: ReadonlyArray<number>
  /** By type. */
  readonly extensions: ReadonlyMap<number, Buffer>
}

/** The numbers of 16 bits after a length of this many bytes. */
export const numbers = (bytes: Buffer, lengthBytes: number): ReadonlyArray<number> =>
  Array.from({ length: Math.floor((bytes.length - lengthBytes) / 2) }, (_, i) =>
    bytes.readUInt16BE(lengthBytes + 2 * i)
  )

/** The groups of a key share extension. */
export const sharedGroups = (bytes: Buffer): ReadonlyArray<number> => {
  const groups: Array<number> = []
  for (let at = 2; at < bytes.length; at += 4 + bytes.readUInt16BE(at + 2)) groups.push(bytes.readUInt16BE(at))
  return groups
}

/** The message in these records; undefined as long as it is not complete. */
export const readClientHello = (stream: Buffer): ClientHello | undefined => {
  const parts: Array<Buffer> = []
  for (let at = 0; at + 5 <= stream.length; at += 5 + stream.readUInt16BE(at + 3)) {
    parts.push(stream.subarray(at + 5, at + 5 + stream.readUInt16BE(at + 3)))
  }
  const message = Buffer.concat(parts)
  if (message.length < 4 || message.length < 4 + message.readUIntBE(1, 3)) return undefined
  let at = 4 + 2 + 32
  const take = (lengthBytes: number): Buffer => {
    const length = message.readUIntBE(at, lengthBytes)
    at += lengthBytes + length
    return message.subarray(at - length, at)
  }
  take(1)
  const suites = numbers(take(2), 0)
  const compressions = [...take(1)]
  const list = take(2)
  const extensions = new Map<number, Buffer>()
  for (let from = 0; from < list.length; from += 4 + list.readUInt16BE(from + 2)) {
    extensions.set(list.readUInt16BE(from), list.subarray(from + 4, from + 4 + list.readUInt16BE(from + 2)))
  }
  return { suites, compressions, extensions }
}
