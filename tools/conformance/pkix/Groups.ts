/** Cases that one tunnel process can judge: same side, host, anchors and lists. */
import type { PkixCase } from "./Cases.ts"

export interface Group {
  readonly peer: PkixCase["peer"]
  readonly host: string
  readonly anchors: string
  /** Empty where the tunnel gets none. */
  readonly lists: string
  readonly cases: ReadonlyArray<PkixCase>
}

/** The groups, largest first, so that the last ones to run are short. */
export const groupsOf = (cases: ReadonlyArray<PkixCase>, withLists: boolean): ReadonlyArray<Group> => {
  const id = (each: PkixCase) =>
    JSON.stringify([each.peer, each.peer === "server" ? each.host : "", each.anchors, withLists ? each.lists : ""])
  const groups: ReadonlyArray<ReadonlyArray<PkixCase>> = [...Map.groupBy(cases, id).values()]
  return groups
    .flatMap((members) => {
      const [first] = members
      if (first === undefined) return []
      const { anchors, host, lists, peer } = first
      return [{ peer, host, anchors, lists: withLists ? lists : "", cases: members }]
    })
    .toSorted((a, b) => b.cases.length - a.cases.length)
}
