/** Landlock's rights and which kernel knows them (docs/compatibility/command-line.md, 7). Pure. */

/** Rights on files, as the kernel's bits. */
const fs = {
  execute: 1 << 0,
  writeFile: 1 << 1,
  readFile: 1 << 2,
  readDir: 1 << 3,
  removeDir: 1 << 4,
  removeFile: 1 << 5,
  makeChar: 1 << 6,
  makeDir: 1 << 7,
  makeReg: 1 << 8,
  makeSock: 1 << 9,
  makeFifo: 1 << 10,
  makeBlock: 1 << 11,
  makeSym: 1 << 12,
  refer: 1 << 13,
  truncate: 1 << 14,
  ioctlDev: 1 << 15
} as const

/** Rights on TCP ports. */
export const net = { bind: 1 << 0, connect: 1 << 1 } as const

/** Set when restricting: the calling process's other threads too (ABI 8). */
export const ALL_THREADS = 1 << 3

const readOnly = fs.execute | fs.readFile | fs.readDir
const readWrite =
  readOnly |
  fs.writeFile |
  fs.truncate |
  fs.removeDir |
  fs.removeFile |
  fs.makeChar |
  fs.makeDir |
  fs.makeReg |
  fs.makeSock |
  fs.makeFifo |
  fs.makeBlock |
  fs.makeSym

/** What may be allowed on something that is no directory. */
const onFiles = fs.execute | fs.readFile | fs.writeFile | fs.truncate

/** Every file right that a kernel of this ABI can take away; moving between directories and device ioctls included. */
export const handledFs = (abi: number): number =>
  abi < 1
    ? 0
    : (readWrite & ~fs.truncate) |
      (abi >= 2 ? fs.refer : 0) |
      (abi >= 3 ? fs.truncate : 0) |
      (abi >= 5 ? fs.ioctlDev : 0)

/** Every port right that a kernel of this ABI can take away. */
export const handledNet = (abi: number, bindAny: boolean): number =>
  abi < 4 ? 0 : bindAny ? net.connect : net.bind | net.connect

/** The rights to allow on a path, no more than the kernel knows and the kind of file takes. */
export const pathRights = (access: "read" | "write", isDirectory: boolean, abi: number): number =>
  (access === "write" ? readWrite : readOnly) & handledFs(abi) & (isDirectory ? -1 : onFiles)

/** In words, what a kernel of this ABI restricts once rules apply, and what it does not. */
export const coverage = (
  abi: number,
  bindAny: boolean
): { readonly enforced: ReadonlyArray<string>; readonly missing: ReadonlyArray<string> } => {
  const parts = [
    ["files", abi >= 1],
    ["truncating files", abi >= 3],
    ["device ioctls", abi >= 5],
    ["TCP listening", abi >= 4 && !bindAny],
    ["TCP connecting", abi >= 4],
    // Never restricted, whatever the kernel: stated so that it is not assumed.
    ["UDP", false],
    ["connecting to UNIX sockets", false],
    ["signals", false]
  ] as const
  const those = (wanted: boolean) => parts.filter(([, is]) => is === wanted).map(([name]) => name)
  return { enforced: those(true), missing: those(false) }
}
