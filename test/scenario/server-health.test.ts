/** `--target-status` (docs/compatibility/status-and-metrics.md, 4.3): what the target answers decides, and nothing waits for ever. */
import assert from "node:assert/strict"
import type { ServerResponse } from "node:http"
import { type Endpoint, textOf } from "../support/Endpoint.ts"
import { httpReceiver } from "../support/HttpReceiver.ts"
import { launch } from "../support/Launch.ts"
import { type Answer, ask } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import type { StatusPort } from "../support/Tunnel.ts"
import { ca, clientTunnel, serverIdentity, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario, waiting } from "./Scenario.ts"

/** What the status port says of the backend. */
const health = (answer: Answer): readonly [code: number, error: string | undefined] => [
  answer.code,
  /"backend_error":"((?:[^"\\]|\\.)*)"/.exec(answer.body)?.[1]
]

/** A program with a target status, and variables of its own. */
const start = async (
  stage: Stage,
  target: Endpoint,
  words: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>> = {}
): Promise<StatusPort> => {
  const identity = await serverIdentity()
  const status = await stage.tcp()
  const tunnel = launch(
    stage,
    [
      "server",
      `--listen=${textOf(await stage.tcp())}`,
      `--target=${textOf(target)}`,
      `--cert=${identity.certPath}`,
      `--key=${identity.keyPath}`,
      `--cacert=${(await ca()).certPath}`,
      "--allow-all",
      `--status=http://${textOf(status)}`,
      ...words
    ],
    { environment }
  )
  await tunnel.waitForLine(/listening for connections on/)
  return { scheme: "http", endpoint: status }
}

const answers = scenario("server-health-by-answer", "data-path", async (stage) => {
  let reply = (response: ServerResponse): unknown => response.writeHead(200).end("fine")
  const target = await httpReceiver(stage, (response) => void reply(response))
  const builder = (await serverTunnel(stage)).allowAll().status().target(target)
  const tunnel = await builder.args("--target-status=http://user:pw@elsewhere.invalid:1234/health?x=1").start()
  const look = async () => health(await ask(tunnel.status, "/_status"))
  assert.deepEqual(await look(), [200, undefined])
  const { headers, method, url } = await target.post(0)
  assert.deepEqual([method, url], ["GET", "/health?x=1"])
  assert.deepEqual(headers, {
    host: "elsewhere.invalid:1234",
    "user-agent": "Go-http-client/1.1",
    "accept-encoding": "gzip",
    authorization: `Basic ${Buffer.from("user:pw").toString("base64")}`
  })
  for (const code of [204, 404, 503]) {
    reply = (response) => response.writeHead(code).end()
    assert.deepEqual(await look(), [503, `target returned status: ${code}`])
  }
  reply = (response) =>
    target.posts.at(-1)?.url === "/next"
      ? response.writeHead(200).end()
      : response.writeHead(302, { location: "http://somewhere.invalid/next" }).end()
  assert.deepEqual(await look(), [200, undefined])
  assert.equal(target.posts.at(-1)?.headers.host, "somewhere.invalid")
  await target.close()
  assert.match((await look())[1] ?? "", /connection refused$/)
})

const hangs = waiting(
  scenario("server-health-bounded", "data-path", async (stage) => {
    const target = await httpReceiver(stage, () => {})
    const words = ["--target-status=http://localhost/", "--connect-timeout=2s"]
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .status()
      .target(target)
      .args(...words)
      .start()
    const began = performance.now()
    const [code, error] = health(await ask(tunnel.status, "/_status"))
    const took = performance.now() - began
    assert.deepEqual([code, error], [503, 'Get \\"http://localhost/\\": context deadline exceeded'])
    assert.ok(took > 1_950 && took < 10_000, `${took} ms`)
  })
)

const https = scenario("server-health-https", "control", async (stage) => {
  const target = await httpReceiver(stage, (response) => response.writeHead(200).end(), {
    identity: await serverIdentity()
  })
  const authority = { SSL_CERT_FILE: (await ca()).certPath }
  const right = await start(stage, target.endpoint, ["--target-status=https://localhost/"], authority)
  assert.deepEqual(health(await ask(right, "/_status")), [200, undefined])
  // The certificate must be the name's that the URL holds, and the system must know its authority.
  const wrong = await start(stage, target.endpoint, ["--target-status=https://other.test/"], authority)
  assert.match(health(await ask(wrong, "/_status"))[1] ?? "", /tls: failed to verify certificate: x509: /)
  const unknown = await start(stage, target.endpoint, ["--target-status=https://localhost/"])
  assert.match(health(await ask(unknown, "/_status"))[1] ?? "", /x509: certificate signed by unknown authority$/)
})

const fallback = scenario("client-status-https-without-certificate", "control", async (stage) => {
  const endpoint = await stage.tcp()
  const builder = (await clientTunnel(stage)).identity({ certPath: "", keyPath: "" }).target("localhost:1")
  const tunnel = await builder.args("--disable-authentication", `--status=https://${textOf(endpoint)}`).start()
  const line = `warning: no certificate for the status port ${textOf(endpoint)}, serving plain HTTP instead of HTTPS`
  assert.equal(tunnel.messages.filter((message) => message === line).length, 1, tunnel.toString())
  assert.equal((await ask({ scheme: "http", endpoint }, "/_metrics/json")).code, 200)
})

export const serverHealth = [answers, hangs, https, fallback]

runTopic("server-health", serverHealth)
