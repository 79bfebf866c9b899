/**
 * A network that only one program sees: it starts in a network namespace of its own that has nothing but loopback. Its peers
 * reach it by UNIX sockets.
 */
import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import type { Stage } from "./Stage.ts"

const inside = (script: string, ...words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const user = process.getuid?.() === 0 ? [] : ["--map-root-user"]
  return ["unshare", ...user, "--net", "--mount", "--propagation=private", "sh", "-ec", script, "sh", ...words]
}

/** Whether this machine lets us make one. */
export const hasOwnNetwork = (): boolean => {
  const [command = "", ...words] = inside("ip link set lo up; setpriv --version > /dev/null")
  return spawnSync(command, words).status === 0
}

/** Starts the program where the kernel has only these ports for outgoing connections. */
export const withOutgoingPorts = (first: number, last: number): ReadonlyArray<string> =>
  inside(
    `ip link set lo up
     echo "$1 $2" > /proc/sys/net/ipv4/ip_local_port_range
     shift 2
     exec "$@"`,
    String(first),
    String(last)
  )

const silent = `
const socket = require("node:dgram").createSocket("udp4")
socket.bind(53, "127.0.0.1", () => require("node:fs").writeFileSync(process.argv[1], ""))
`

/** Starts the program where the only name server never answers, and is asked for a minute. It ends with the program. */
export const withSilentNameServer = (stage: Stage): ReadonlyArray<string> => {
  const [settings, ready] = [stage.path(".conf"), stage.path(".ready")]
  writeFileSync(settings, "nameserver 127.0.0.1\noptions timeout:30 attempts:2\n")
  return inside(
    `ip link set lo up
     mount --bind "$1" /etc/resolv.conf
     setpriv --pdeathsig KILL "$3" -e "$4" "$2" &
     until [ -e "$2" ]; do sleep 0.05; done
     shift 4
     exec "$@"`,
    settings,
    ready,
    process.execPath,
    silent
  )
}
