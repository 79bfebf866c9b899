/** How large a policy may be. Loading one spends memory and time on a file the operator names, but may not have written. */
export const limits = {
  /** Bytes of a compressed bundle. */
  archive: 16 * 1024 * 1024,
  /** Bytes of a bundle once decompressed, and of all files of a directory together. */
  total: 64 * 1024 * 1024,
  /** Bytes of one file. */
  member: 16 * 1024 * 1024,
  /** Bytes of all Rego source together. */
  source: 4 * 1024 * 1024,
  /** Files of a bundle, and entries of a directory tree. */
  members: 10_000,
  /** Directories below each other. */
  depth: 32,
  /** Bytes of one name. */
  path: 1_024
} as const

/** A size for a message. */
export const sizeText = (bytes: number): string => `${bytes / (1024 * 1024)} MiB`
