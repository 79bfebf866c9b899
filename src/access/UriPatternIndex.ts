/** Many URI patterns asked at once: a tree of segments, so that a thousand patterns cost about as much as one. */
import type { UriPattern } from "../config/UriPattern.ts"

interface Node {
  readonly next: Map<string, Node>
  /** Behind a `*`. */
  any: Node | undefined
  /** The first pattern, by its place in the list, that ends here. */
  end: number
  /** The first one that ends here with `**`. */
  open: number
}

const none = Number.POSITIVE_INFINITY
const makeNode = (): Node => ({ next: new Map(), any: undefined, end: none, open: none })

const insert = (root: Node, { fixed, open }: UriPattern, place: number): void => {
  let node = root
  for (const segment of fixed) {
    if (segment === "*") {
      node.any ??= makeNode()
      node = node.any
      continue
    }
    const next = node.next.get(segment) ?? makeNode()
    node.next.set(segment, next)
    node = next
  }
  if (open) node.open = Math.min(node.open, place)
  else node.end = Math.min(node.end, place)
}

/** The first pattern that matches the segments from `depth` on. Visits each node of the tree at most once. */
const first = (node: Node | undefined, segments: ReadonlyArray<string>, depth: number): number => {
  if (node === undefined) return none
  const segment = segments[depth]
  if (segment === undefined) return Math.min(node.open, node.end)
  const any = segment === "" ? none : first(node.any, segments, depth + 1)
  return Math.min(node.open, any, first(node.next.get(segment), segments, depth + 1))
}

/** Gives back the first pattern in the list that matches a URI. */
export const indexUriPatterns = (patterns: ReadonlyArray<UriPattern>): ((uri: string) => UriPattern | undefined) => {
  const root = makeNode()
  patterns.forEach((pattern, place) => insert(root, pattern, place))
  return (uri) => {
    if (uri === "") return patterns[root.open]
    const segments = uri.split("/")
    const bare = uri.endsWith("/") ? first(root, segments.slice(0, -1), 0) : none
    return patterns[Math.min(first(root, segments, 0), bare)]
  }
}
