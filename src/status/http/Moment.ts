/**
 * Shares one rendering among concurrent requests. A reply must not show data older than its request, so a rendering made
 * after a request arrived may answer it and all others that had arrived by then.
 */

const received = new WeakMap<object, number>()

/** Records when the last byte of a request's head arrived, by `performance.now()`. */
export const setReceivedAt = (request: object, at: number): void => {
  received.set(request, at)
}

/** That time; the current time if none was recorded. */
export const receivedAt = (request: object): number => received.get(request) ?? performance.now()

/** Renders, unless the kept rendering was made after the request arrived; keeps the latest one per key. */
export const perMoment = <K, A>(make: (key: K) => A): ((key: K, request: object) => A) => {
  const kept = new Map<K, { readonly at: number; readonly value: A }>()
  return (key, request) => {
    const known = kept.get(key)
    if (known !== undefined && known.at >= receivedAt(request)) return known.value
    const at = performance.now()
    const value = make(key)
    kept.set(key, { at, value })
    return value
  }
}
