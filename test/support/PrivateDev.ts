/**
 * A `/dev/log` that only one program sees: it starts in a mount namespace of its own, where `/dev` holds little more than a
 * link to a socket of the test. The machine's syslog, and whoever else tests with it, are left alone.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { skipBecause } from "./Absent.ts"
import type { Stage } from "./Stage.ts"

const script = `
set -e
mount --rbind /dev "$1"
mount -t tmpfs gt /dev
for each in null zero random urandom; do : > "/dev/$each"; mount --bind "$1/$each" "/dev/$each"; done
ln -s /proc/self/fd /dev/fd
mount -t tmpfs gt /run
ln -s "$2" /dev/log
shift 2
exec "$@"
`

/** A command to start the program below; skips the test where namespaces are not allowed. `log` need not exist. */
export const privateDev = async (stage: Stage, log: string): Promise<ReadonlyArray<string>> => {
  const old = stage.path(".dev")
  mkdirSync(old)
  const user = process.getuid?.() === 0 ? [] : ["--map-root-user"]
  const command = ["unshare", ...user, "--mount", "--propagation=private", "sh", "-c", script, "sh", old, log]
  const [first = "", ...rest] = [...command, "true"]
  const tried = spawnSync(first, rest, { encoding: "utf8" })
  if (tried.status !== 0) {
    const why = tried.error?.message ?? tried.stderr.trim()
    await skipBecause(`no mount namespace to put a /dev/log into: ${why}`)
  }
  return command
}
