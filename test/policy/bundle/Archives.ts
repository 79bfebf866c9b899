/** Writes tar archives and bundles for tests. */
import { gzipSync } from "node:zlib"

export interface Entry {
  readonly name: string
  readonly content?: string
  readonly type?: string
}

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`

/** One entry: a header with its checksum, and the content in whole blocks. */
export const tarEntry = ({ content = "", name, type = "0" }: Entry): Buffer => {
  const body = Buffer.from(content)
  const header = Buffer.alloc(512)
  header.write(name, 0, 100)
  header.write(octal(0o644, 8), 100)
  header.write(octal(body.length, 12), 124)
  header.write(" ".repeat(8), 148)
  header.write(type, 156)
  header.write("ustar\0", 257)
  header.write("00", 263)
  header.write(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7
    ),
    148
  )
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)])
}

export const tar = (entries: ReadonlyArray<Entry>): Buffer =>
  Buffer.concat([...entries.map(tarEntry), Buffer.alloc(1024)])

export const bundle = (files: Readonly<Record<string, string>>): Buffer =>
  gzipSync(tar(Object.entries(files).map(([name, content]) => ({ name, content }))))
