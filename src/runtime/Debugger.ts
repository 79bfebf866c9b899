/**
 * Node's debugger stays closed: a program that connects to it can read the private key. As long as SIGUSR1 has no listener, it opens
 * the debugger on a local port. The launcher (`dist/ghostunnel`) has Node block the signal from the start; this is for
 * programs that are started without it.
 */

/** The option that has Node block SIGUSR1 in every thread; only a system call unblocks it again. */
const blocking = "--disable-sigusr1"

/** Whether SIGUSR1 reaches no listener before it is unblocked. */
export const isReloadBlocked = (): boolean => process.execArgv.includes(blocking)

const isWanted = (): boolean => process.execArgv.some((word) => /^--inspect(-brk|-wait)?(=|$)/.test(word))

let keepsClosed = false

/**
 * Closes the debugger once more, with the sessions it has, unless Node's own command line asks for it. Does nothing in a
 * program that has not called `keepDebuggerClosed`: its debugger is its own affair.
 */
export const closeDebugger = (): void => {
  if (!keepsClosed || isReloadBlocked() || isWanted()) return
  try {
    const inspector = process.getBuiltinModule("node:inspector")
    if (inspector.url() !== undefined) inspector.close()
  } catch {
    // A Node that was built without a debugger.
  }
}

let reloadAsked = false
const hold = (): void => {
  reloadAsked = true
}

/** Whether SIGUSR1 came since `keepDebuggerClosed`. */
export const isEarlyReload = (): boolean => reloadAsked

/**
 * Keeps SIGUSR1 from opening the debugger, and closes one that is open. Once is not enough: Node opens it on a thread of its
 * own, which may have heard of the signal already and acts on it in the next turn of the loop.
 */
export const keepDebuggerClosed = async (): Promise<void> => {
  keepsClosed = true
  process.on("SIGUSR1", hold)
  closeDebugger()
  await new Promise((resolve) => setImmediate(resolve))
  closeDebugger()
}
