/**
 * A network that only one program sees: it starts in a network namespace of its own that has nothing but loopback. Its peers
 * reach it by UNIX sockets.
 */
import { spawnSync } from "node:child_process"
import { existsSync, writeFileSync } from "node:fs"
import { eventually } from "./Changes.ts"
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

/** A name server in a program's own network. */
export interface NameServer {
  /** Starts the program below, with this as its only name server, which is asked for a minute. It ends with the program. */
  readonly below: ReadonlyArray<string>
  /** Completes when it has been asked. */
  readonly asked: () => Promise<void>
  /** Every name is this machine's own from now on. */
  readonly wakeUp: () => void
  /** The same, and answers what was asked before. */
  readonly answer: () => void
}

const server = `
const fs = require("node:fs")
const [ready, asked, awake] = process.argv.slice(1)
const socket = require("node:dgram").createSocket("udp4")
const loopback = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1])
const waiting = []
socket.on("message", (query, peer) => {
  fs.writeFileSync(asked, "")
  if (fs.existsSync(awake)) answer(query, peer)
  else waiting.push([query, peer])
})
setInterval(() => {
  if (!fs.existsSync(awake) || fs.readFileSync(awake, "utf8") !== "answer") return
  for (const [query, peer] of waiting.splice(0)) answer(query, peer)
}, 20)
const answer = (query, peer) => {
  const end = query.indexOf(0, 12) + 5
  const isIpv4 = query.readUInt16BE(end - 4) === 1
  // The question once more, and where there is one its answer.
  const head = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, isIpv4 ? 1 : 0, 0, 0, 0, 0])
  const parts = [head, query.subarray(12, end), ...(isIpv4 ? [loopback] : [])]
  socket.send(Buffer.concat(parts), peer.port, peer.address)
}
socket.bind(53, "127.0.0.1", () => fs.writeFileSync(ready, ""))
`

/** A name server that does not answer until it is told to. */
export const silentNameServer = (stage: Stage): NameServer => {
  const [settings, ready] = [stage.path(".conf"), stage.path(".ready")]
  const [asked, awake] = [stage.path(".asked"), stage.path(".awake")]
  writeFileSync(settings, "nameserver 127.0.0.1\noptions timeout:30 attempts:2\n")
  const below = inside(
    `ip link set lo up
     mount --bind "$1" /etc/resolv.conf
     setpriv --pdeathsig KILL "$2" -e "$3" "$4" "$5" "$6" &
     until [ -e "$4" ]; do sleep 0.05; done
     shift 6
     exec "$@"`,
    ...[settings, process.execPath, server, ready, asked, awake]
  )
  return {
    below,
    asked: () => eventually("a question to the name server", async () => existsSync(asked) || undefined).then(() => {}),
    wakeUp: () => writeFileSync(awake, ""),
    answer: () => writeFileSync(awake, "answer")
  }
}
