/** Everything but what starts processes of its own. */
import { configDefaults, mergeConfig } from "vitest/config"
import { processes, scenarios } from "./test/runner/Sets.ts"
import base from "./vitest.config.ts"

export default mergeConfig(base, { test: { exclude: [...configDefaults.exclude, ...scenarios, ...processes] } })
