/** Loads `node:ffi` where Node has it. */

/** The module. */
export type Ffi = typeof import("node:ffi")

const isFfiWarning = (args: ReadonlyArray<unknown>): boolean =>
  args[1] === "ExperimentalWarning" && typeof args[0] === "string" && args[0].startsWith("FFI ")

/** Loads the module without its experimental warning; every other warning passes. Undefined where Node has none. */
export const loadFfi = (): Ffi | undefined => {
  const emit = process.emitWarning
  process.emitWarning = new Proxy(emit, {
    apply: (target, self, args) => (isFfiWarning(args) ? undefined : Reflect.apply(target, self, args))
  })
  try {
    return process.getBuiltinModule("node:ffi")
  } finally {
    process.emitWarning = emit
  }
}
