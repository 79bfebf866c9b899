/**
 * A `/dev/log` that only one program sees: it starts in a mount namespace of its own, where `/dev` holds little more than a
 * link to a socket of the test. The machine's syslog, and whoever else tests with it, are left alone.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
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

const below = (old: string, log: string): ReadonlyArray<string> => {
  const user = process.getuid?.() === 0 ? [] : ["--map-root-user"]
  return ["unshare", ...user, "--mount", "--propagation=private", "sh", "-c", script, "sh", old, log]
}

/** Whether this machine lets us make one. */
export const hasPrivateDev = (): boolean => {
  const old = mkdtempSync(join(tmpdir(), "gt-"))
  const [command = "", ...words] = below(old, join(old, "log"))
  const { status } = spawnSync(command, [...words, "true"])
  rmSync(old, { recursive: true, force: true })
  return status === 0
}

/** A command to start the program below. `log` need not exist. */
export const privateDev = (stage: Stage, log: string): ReadonlyArray<string> => {
  const old = stage.path(".dev")
  mkdirSync(old)
  return below(old, log)
}
