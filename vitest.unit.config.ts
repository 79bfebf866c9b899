/** Everything but what starts processes of its own; files share the processes that run them, which saves their start. */
import { configDefaults, mergeConfig } from "vitest/config"
import { processes, scenarios } from "./test/runner/Sets.ts"
import base from "./vitest.config.ts"

export default mergeConfig(base, {
  test: { isolate: false, exclude: [...configDefaults.exclude, ...scenarios, ...processes] }
})
