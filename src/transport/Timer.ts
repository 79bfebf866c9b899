/** Timers by hand that also hold for longer than Node's 24.8 days. */

const longest = 2 ** 31 - 1

/** Runs `action` once `performance.now()` has reached `deadline`. Gives back what cancels it. */
export const at = (deadline: number, action: () => void): (() => void) => {
  let timer: NodeJS.Timeout
  const arm = () => {
    const left = deadline - performance.now()
    timer = left > longest ? setTimeout(arm, longest) : setTimeout(action, Math.max(0, Math.ceil(left)))
  }
  arm()
  return () => clearTimeout(timer)
}

/** Runs `action` once after so many milliseconds. */
export const after = (millis: number, action: () => void): (() => void) => at(performance.now() + millis, action)
