/** The syntax of public key pins, with the sentences that refuse bad ones (contract: credentials, section 4.3). */
import { quote } from "./Grammar.ts"

const sizes: ReadonlyMap<string, number> = new Map([
  ["sha256", 32],
  ["sha384", 48],
  ["sha512", 64]
])

/**
 * Where Go's decoder of standard padded base64 stops, or how many bytes there are. Line breaks are skipped and the bits
 * left over at the end do not matter, as in Go.
 */
const decode = (text: string): { readonly length: number } | { readonly corruptAt: number } => {
  let digits = 0
  let at = 0
  const skipBreaks = () => {
    while (text[at] === "\n" || text[at] === "\r") at++
  }
  for (skipBreaks(); at < text.length; skipBreaks()) {
    if (/[A-Za-z0-9+/]/.test(text[at] ?? "")) {
      digits++
      at++
      continue
    }
    const inQuantum = digits % 4
    if (text[at] !== "=" || inQuantum < 2) return { corruptAt: at }
    const first = at++
    if (inQuantum === 2) {
      skipBreaks()
      if (at === text.length) return { corruptAt: at }
      if (text[at] !== "=") return { corruptAt: first }
      at++
    }
    skipBreaks()
    return at < text.length ? { corruptAt: at } : { length: Math.floor((digits * 6) / 8) }
  }
  return digits % 4 === 0 ? { length: (digits / 4) * 3 } : { corruptAt: text.length - (digits % 4) }
}

/** The sentence that refuses a pin, or `undefined` for a good one. */
export const refusePin = (pin: string): string | undefined => {
  const fail = (why: string) => `invalid pin ${quote(pin)}: ${why}`
  const colon = pin.indexOf(":")
  if (colon < 0) return fail("expected format <algo>:<base64-digest>")
  const algorithm = pin.slice(0, colon).toLowerCase()
  const size = sizes.get(algorithm)
  if (size === undefined) {
    return fail(`unsupported hash algorithm ${quote(algorithm)} (supported: ${[...sizes.keys()].join(", ")})`)
  }
  const digest = decode(pin.slice(colon + 1))
  if ("corruptAt" in digest) {
    return fail(`base64 decode failed: illegal base64 data at input byte ${digest.corruptAt}`)
  }
  return digest.length === size ? undefined : fail(`expected ${size} bytes for ${algorithm}, got ${digest.length}`)
}
