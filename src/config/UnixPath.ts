/** The longest path that a UNIX socket's address takes (`sun_path` of `<sys/un.h>`, its NUL left out). Pure. */

const limits: Readonly<Partial<Record<NodeJS.Platform, number>>> = { darwin: 103, freebsd: 103, openbsd: 103 }

/** In bytes. */
export const unixPathLimit = limits[process.platform] ?? 107

/** Why a UNIX socket path is refused; undefined if it fits. A leading `@` stands for the NUL of an abstract name. */
export const unixPathProblem = (path: string): string | undefined => {
  const length = Buffer.byteLength(path)
  return length <= unixPathLimit
    ? undefined
    : `the path has ${length} bytes, a UNIX socket's has at most ${unixPathLimit}: choose a shorter one`
}
