/** Strings are counted and cut in code points, as Rego does; JavaScript counts UTF-16 units. */

const surrogate = /[\ud800-\udfff]/

/** Whether units and code points are the same in this string: cheap to ask. */
export const isBasic = (text: string): boolean => !surrogate.test(text)

/** How many code points a string has. */
export const codePoints = (text: string): number => {
  if (isBasic(text)) return text.length
  let count = 0
  for (const _ of text) count++
  return count
}

/** The string from code point `start` up to, not including, `end`. */
export const sliceCodePoints = (text: string, start: number, end: number): string =>
  isBasic(text) ? text.slice(start, end) : [...text].slice(start, end).join("")
