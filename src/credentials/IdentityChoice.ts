/** Which identity answers a ClientHello. Pure; both transports use it. */
import type { SelectedIdentity, TlsMaterial } from "./TlsMaterial.ts"

/** What a ClientHello says about the identity it wants. */
export interface HelloFacts {
  /** The name asked for by SNI, as sent. */
  readonly serverName: string | undefined
  /** The application protocols offered, in the client's order. */
  readonly alpn: ReadonlyArray<string>
}

/** Host names differ neither by the case of ASCII letters nor by a dot at their end. */
const comparable = (name: string): string => name.replace(/\.$/, "").replace(/[A-Z]/g, (letter) => letter.toLowerCase())

const matches = ({ when }: SelectedIdentity, { alpn, serverName }: HelloFacts): boolean => {
  const byName =
    when.serverName === undefined ||
    (serverName !== undefined && comparable(when.serverName) === comparable(serverName))
  return byName && (when.alpn === undefined || alpn.includes(when.alpn))
}

/** The first identity whose conditions hold; undefined for the tunnel's own. */
export const identityFor = (
  { identities }: Pick<TlsMaterial, "identities">,
  hello: HelloFacts
): SelectedIdentity | undefined => identities?.find((identity) => matches(identity, hello))
