/** A UNIX datagram socket and what it received, held by Python: Node has none. */
import { Program } from "./Program.ts"
import type { Stage } from "./Stage.ts"

const receiver = `
import json, socket, sys
path = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("\\0" + path[1:] if path.startswith("@") else path)
print("bound", flush=True)
while True:
    print(json.dumps(receiver.recv(65536).decode()), flush=True)
`

/** Datagrams in the order in which they came. */
export class Datagrams extends Program {
  /** A path, or `@name` for an abstract socket. */
  readonly path: string

  constructor(stage: Stage, path: string) {
    super(stage, "python3", ["-c", receiver, path])
    this.path = path
  }

  /** Everything received so far. */
  get received(): ReadonlyArray<string> {
    return this.lines.slice(1).map((line) => String(JSON.parse(line)))
  }

  /** Waits until so many have come, and gives all. */
  async take(count: number): Promise<ReadonlyArray<string>> {
    return this.changes.until(
      () => (this.received.length >= count ? this.received : undefined),
      () => `${count} datagrams, have ${JSON.stringify(this.received)}`
    )
  }

  /** Waits for the `occurrence`-th datagram that matches. */
  async waitFor(pattern: RegExp, occurrence = 1): Promise<void> {
    await this.changes.until(
      () => (this.received.filter((text) => pattern.test(text)).length >= occurrence ? true : undefined),
      () => `datagram ${occurrence} like ${pattern}, have ${JSON.stringify(this.received)}`
    )
  }
}

/** Starts a receiver and waits until it can be sent to. */
export const datagrams = async (stage: Stage, path = stage.path(".datagrams")): Promise<Datagrams> => {
  const receiver = new Datagrams(stage, path)
  await receiver.waitForLine(/^bound$/)
  return receiver
}
