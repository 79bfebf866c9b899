/** The command line with secrets removed. */

/** Flags whose value is a secret. */
const secretFlags = ["storepass", "pkcs11-pin"]
const SHOWN = "xxxxx"

const attached = new RegExp(`^(--(?:${secretFlags.join("|")})=).*$`, "s")
const alone = new RegExp(`^--(?:${secretFlags.join("|")})$`)

/**
 * Everything from the user's colon to the last `@`: better too much than part of a password. URL parsers ignore extra slashes
 * and white space.
 */
const urlPassword = /([a-z][a-z0-9+.-]*:\/\/[/\\\s]*[^/?#:@]*):.*@/is

/** Replaces secrets by `xxxxx`: values of secret flags, attached or as the next argument, and passwords in URLs. */
export const redact = (argv: ReadonlyArray<string>): ReadonlyArray<string> =>
  argv.map((word, index) => {
    const before = argv[index - 1]
    if (before !== undefined && alone.test(before)) return SHOWN
    return word.replace(attached, `$1${SHOWN}`).replace(urlPassword, `$1:${SHOWN}@`)
  })
