/** The steps of the demo, each checked: a message on success, an error otherwise. */
import type { Certificates } from "./Certificates.ts"
import { get, getTls } from "./Requests.ts"
import type { Setup } from "./Setup.ts"

/** A request through both tunnels reaches the backend. */
export const checkRequest = async (setup: Setup): Promise<string> => {
  const { status, body } = await get(`http://localhost:${setup.client}/hello`)
  if (status !== 200 || body !== "The backend heard /hello\n") throw new Error(`unexpected answer ${status}: ${body}`)
  return `${status}: ${body.trim()}`
}

/** A tunnel's status port says that it listens and that its target is well. */
export const checkStatus = async (port: number, certificates: Certificates): Promise<string> => {
  const { status, body } = await getTls(`https://localhost:${port}/_status`, certificates)
  const state: { readonly ok?: boolean; readonly message?: string; readonly backend_status?: string } = JSON.parse(body)
  if (status !== 200 || state.ok !== true) throw new Error(`unexpected status ${status}: ${body}`)
  return `${status}: ${state.message}, target ${state.backend_status}`
}

/** Without a client certificate the server tunnel lets nothing through. */
export const checkRefusal = async (setup: Setup): Promise<string> => {
  const answer = await getTls(`https://localhost:${setup.server}/hello`, setup.certificates).catch(
    (cause: Error) => cause
  )
  if (answer instanceof Error) {
    const alert = /alert ([a-z ]+)/.exec(answer.message)?.[1]
    return `refused: ${alert === undefined ? answer.message.trim() : `TLS alert "${alert}"`}`
  }
  throw new Error(`a client without a certificate got through: ${answer.status}`)
}
