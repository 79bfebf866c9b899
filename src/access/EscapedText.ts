/** Text of strangers inside our sentences: no control characters, no unbounded length. */

/** Characters that move the cursor, end a line or reorder what follows. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

const escapeOne = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`
}

/** The text with everything unprintable written as `\u000a`. */
export const escapeControl = (text: string): string => text.replace(unprintable, escapeOne)

/** The escaped text, cut to `limit` characters at most; a cut shows as `..`. */
export const bounded = (text: string, limit: number): string => {
  const escaped = escapeControl(text.length > limit ? text.slice(0, limit) : text)
  return escaped.length < text.length || escaped.length > limit ? `${escaped.slice(0, limit)}..` : escaped
}

/** At most `count` of these, each of at most 64 characters; the rest is counted. */
export const boundedList = (values: ReadonlyArray<string>, count: number): string => {
  const shown = values.slice(0, count).map((value) => bounded(value, 64))
  return values.length > count ? `${shown.join(", ")} and ${values.length - count} more` : shown.join(", ")
}
