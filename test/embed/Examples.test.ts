/** The examples of the documents, run as they stand. */
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { freePort, releasePort } from "../support/Ports.ts"
import { addCredentials, example, project, run } from "./Project.ts"

describe("the example of OpenTelemetry", () => {
  it("sends what is left when a signal ends the program", async () => {
    const folder = project()
    const port = await freePort()
    await addCredentials(folder)
    const code = example("docs/telemetry.md", "ghostunnel/opentelemetry").replace("localhost:8443", `127.0.0.1:${port}`)
    writeFileSync(join(folder, "example.mts"), code)
    const program = run(folder, "example.mts")
    await program.until(/listening for connections/)
    const socket = connect(port, "127.0.0.1")
    await once(socket, "connect")
    socket.destroy()
    await program.until(/error on TLS handshake/)
    program.child.kill("SIGTERM")
    await program.ended
    releasePort(port)
    assert.match(program.said(), /name: 'connection'/)
    assert.match(program.said(), /ghostunnel_workers_replaced/)
  })
})
