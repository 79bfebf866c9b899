/** How many typing mistakes lie between two words: a character too many, missing, another one, or two exchanged. */

/** From these places on. What is equal at the front costs nothing and is never worth a mistake. */
const from = (a: string, i: number, b: string, j: number, limit: number): number => {
  let [left, right] = [i, j]
  while (left < a.length && a[left] === b[right]) {
    left++
    right++
  }
  if (left === a.length && right === b.length) return 0
  if (limit === 0) return 1
  const rest = limit - 1
  const swapped = left + 1 < a.length && a[left] === b[right + 1] && a[left + 1] === b[right]
  const tries = [
    left < a.length && right < b.length ? from(a, left + 1, b, right + 1, rest) : limit,
    left < a.length ? from(a, left + 1, b, right, rest) : limit,
    right < b.length ? from(a, left, b, right + 1, rest) : limit,
    swapped ? from(a, left + 2, b, right + 2, rest) : limit
  ]
  return 1 + Math.min(...tries)
}

/**
 * The number of mistakes, or `limit + 1` when there are more. Meant for limits of one or two, where it is a matter of a few
 * steps whatever the length. Compares UTF-16 units.
 */
export const editDistance = (a: string, b: string, limit: number): number =>
  Math.abs(a.length - b.length) > limit ? limit + 1 : from(a, 0, b, 0, limit)
