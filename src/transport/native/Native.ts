/** What the parts of this transport share on one thread. */
import { type MessageGuard, messageGuard } from "../openssl/MessageGuard.ts"
import { loadOpenSsl } from "../openssl/OpenSsl.ts"
import { type RefusalHold, refusalHold } from "../openssl/RefusalHold.ts"
import { NativeThread } from "./NativeThread.ts"
import { ProtocolChoice } from "./ProtocolChoice.ts"
import { SocketCalls } from "./SocketCalls.ts"
import { TlsContexts } from "./TlsContext.ts"
import { Verifier } from "./Verifier.ts"

export interface Native {
  readonly thread: NativeThread
  readonly sockets: SocketCalls
  readonly verifier: Verifier
  readonly messages: MessageGuard
  readonly hold: RefusalHold
  readonly contexts: TlsContexts
}

let current: Native | undefined

/** The calling thread's. It is never given up: C knows addresses in it. Throws where something is missing. */
export const loadNative = (): Native => {
  if (current !== undefined) return current
  const thread = new NativeThread()
  const openSsl = loadOpenSsl()
  if (openSsl === undefined) throw new Error("certificates cannot be verified through node:ffi")
  const verifier = new Verifier(thread, openSsl)
  const contexts = new TlsContexts(thread, openSsl, verifier, new ProtocolChoice(thread))
  return (current = {
    thread,
    verifier,
    messages: messageGuard(openSsl),
    hold: refusalHold(openSsl),
    sockets: new SocketCalls(thread),
    contexts
  })
}
