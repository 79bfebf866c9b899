/** Which lists are about which certificates (RFC 5280, section 6.3.3 b). Pure. */
import type { ChainCertificate } from "../ChainCertificate.ts"
import type { RevocationList } from "../RevocationList.ts"
import type { CertificateFacts } from "./CertificateFacts.ts"
import { allReasons, type DistributionPoint, directoryPoint, type Reasons } from "./DistributionPoints.ts"

const intersects = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean => a.some((each) => b.includes(each))

/** Where a point's list may be named: the point's own names, or those of its issuers. */
const namesOf = ({ listIssuers, names }: DistributionPoint): ReadonlyArray<string> =>
  names ?? listIssuers.map(directoryPoint)

/** A point whose list the certificate's issuer issues has no other issuer. */
const isOwn = ({ listIssuers }: DistributionPoint, issuer: string): boolean =>
  listIssuers.length === 0 || listIssuers.includes(issuer)

/** The issuers that a certificate names for its lists beside its own. */
export const namedListIssuers = (issuer: string, { points }: CertificateFacts): ReadonlyArray<string> => [
  ...new Set(points.flatMap(({ listIssuers }) => listIssuers).filter((name) => name !== issuer))
]

const isOfKind = ({ scope }: RevocationList, { isAuthority }: CertificateFacts): boolean => {
  switch (scope.kind) {
    case "all":
      return true
    case "user":
      return !isAuthority
    case "authority":
      return isAuthority
    case "attribute":
      return false
  }
}

/** The reasons for which the list speaks of the certificate; 0 when it is not about it. */
export const coverageOf = (
  list: RevocationList,
  { issuer }: Pick<ChainCertificate, "issuer">,
  facts: CertificateFacts
): Reasons => {
  const { names, reasons } = list.scope
  if (!isOfKind(list, facts)) return 0
  const own = list.issuer === issuer
  if (!own && !list.scope.indirect) return 0
  // Every certificate of the issuer has this point.
  if (own && (names === undefined || names.includes(directoryPoint(issuer)))) return reasons
  const points = facts.points.filter((point) => (own ? isOwn(point, issuer) : point.listIssuers.includes(list.issuer)))
  const matching = points.filter((point) => names === undefined || intersects(names, namesOf(point)))
  return matching.reduce((all, point) => all | point.reasons, 0) & reasons & allReasons
}
