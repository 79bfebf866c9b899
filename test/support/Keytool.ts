/** Java's `keytool`, started for a single short job. */
import { execFileSync } from "node:child_process"

/** For a process that ends after a second, the thorough compiler and the parallel collector cost more than they give. */
const briefly = ["-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"]

/** Runs it with these words; a failure is thrown, with what it said. */
export const keytool = (...words: ReadonlyArray<string>): void => {
  execFileSync("keytool", [...briefly, ...words], { stdio: "pipe" })
}
