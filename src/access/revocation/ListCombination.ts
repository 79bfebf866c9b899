/** What verified lists say together about one certificate (RFC 5280, sections 5.2.4 and 6.3). Pure. */
import { allReasons, type Reasons } from "./DistributionPoints.ts"
import type { Listing } from "./RevocationEntries.ts"

/** A list whose signer is known, as it is seen from one certificate. */
export interface AppliedList {
  /** Lists of the same group replace each other. */
  readonly group: string
  /** Digest of the key that signed it. */
  readonly key: string
  /** Unix milliseconds. */
  readonly thisUpdate: number
  readonly nextUpdate: number | undefined
  readonly number: bigint | undefined
  /** Of delta lists. */
  readonly baseNumber: bigint | undefined
  /** The reasons for which it speaks of this certificate; 0 where it is not about it. */
  readonly reasons: Reasons
  /** Why it is not good news for any certificate. */
  readonly flaw: string | undefined
  readonly listing: Listing
}

export interface Combined {
  readonly revoked: boolean
  /** Whether current lists speak for every reason. */
  readonly known: boolean
}

/** What a complete list says, by itself or with a delta applied; as old as its newest part. */
interface View {
  readonly newest: AppliedList
  readonly isListed: boolean
}

export const isCurrent = ({ nextUpdate, thisUpdate }: AppliedList, now: number): boolean =>
  thisUpdate <= now && now <= (nextUpdate ?? Infinity)

/** Later, or of the same time and with a greater number. */
const isNewer = (a: AppliedList, b: AppliedList): boolean =>
  a.thisUpdate > b.thisUpdate || (a.thisUpdate === b.thisUpdate && (a.number ?? -1n) > (b.number ?? -1n))

/** Whether the delta says what has changed since the complete list. */
const applies = (delta: AppliedList, base: AppliedList): boolean =>
  delta.baseNumber !== undefined &&
  delta.number !== undefined &&
  base.number !== undefined &&
  delta.key === base.key &&
  delta.baseNumber <= base.number &&
  base.number < delta.number

const viewsOf = (lists: ReadonlyArray<AppliedList>, now: number): ReadonlyArray<View> => {
  const sound = lists.filter(({ flaw }) => flaw === undefined)
  const deltas = sound.filter((list) => list.baseNumber !== undefined && isCurrent(list, now))
  return sound
    .filter(({ baseNumber }) => baseNumber === undefined)
    .flatMap((base): ReadonlyArray<View> => {
      const isListed = base.listing === "revoked"
      const updated = deltas
        .filter((delta) => applies(delta, base))
        .map((delta) => ({
          newest: delta,
          isListed: delta.listing === undefined ? isListed : delta.listing === "revoked"
        }))
      return isCurrent(base, now) ? [{ newest: base, isListed }, ...updated] : updated
    })
}

const newestOf = (views: ReadonlyArray<View>): View | undefined =>
  views.reduce<View | undefined>((best, view) => {
    if (best === undefined || isNewer(view.newest, best.newest)) return view
    // Of two that are equally new, bad news counts.
    return !isNewer(best.newest, view.newest) && view.isListed ? view : best
  }, undefined)

const combineGroup = (
  lists: ReadonlyArray<AppliedList>,
  now: number
): { readonly revoked: boolean; readonly reasons: Reasons } => {
  const best = newestOf(viewsOf(lists, now))
  const listed = lists.filter(({ listing }) => listing === "revoked")
  // Bad news is believed of old and flawed lists, too, unless a newer good one has no such entry.
  const revoked =
    best === undefined ? listed.length > 0 : best.isListed || listed.some((list) => isNewer(list, best.newest))
  return { revoked, reasons: best === undefined || revoked ? 0 : best.newest.reasons }
}

/** What the lists say of the certificate. */
export const combineLists = (lists: ReadonlyArray<AppliedList>, now: number): Combined => {
  const groups = [...Map.groupBy(lists, ({ group }) => group).values()].map((members) => combineGroup(members, now))
  const reasons = groups.reduce((all, group) => all | group.reasons, 0)
  return { revoked: groups.some(({ revoked }) => revoked), known: (reasons & allReasons) === allReasons }
}
