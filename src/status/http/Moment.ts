/**
 * One rendering for all requests of a moment. A reply must show nothing older than its request, so whatever is made after a
 * request has arrived may answer it, and all others that had arrived by then.
 */

const received = new WeakMap<object, number>()

/** Notes when the last byte of a request's head had arrived, by `performance.now()`. */
export const setReceivedAt = (request: object, at: number): void => {
  received.set(request, at)
}

/** When that was; now where nobody has noted it. */
export const receivedAt = (request: object): number => received.get(request) ?? performance.now()

/** Makes what is asked for, unless it has been made since the request arrived; keeps the last one of every key. */
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
