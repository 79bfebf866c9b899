/** What the figures are to be. */
import type { Subject } from "./Subject.ts"

/** A bound for a figure of ours, or for its ratio to another proxy's in the same round. */
export interface Goal {
  /** The row of the report. */
  readonly row: string
  /** Whom it is for; none: both transports. */
  readonly of?: "native" | "node"
  /** Whose figure ours is divided by: a subject's name, or any `--against-binary`; none: ours itself counts. */
  readonly against?: "nginx" | "binary"
  readonly bound: "at most" | "at least"
  readonly value: number
}

const atMost = (value: number) => ({ bound: "at most", value }) as const
const atLeast = (value: number) => ({ bound: "at least", value }) as const

const toNginx: ReadonlyArray<Goal> = (
  [
    ["bulk, client to backend", 0.75],
    ["bulk, backend to client", 0.85],
    ["1 KiB round trip", 1],
    ["connection", 0.65]
  ] as const
).map(([row, value]) => ({ row, of: "native", against: "nginx", ...atMost(value) }))

const toBinary: ReadonlyArray<Goal> = (
  [
    ["bulk, client to backend", 0.75, 1.3],
    ["bulk, backend to client", 0.9, 1.1],
    ["1 KiB round trip", 0.85, 1.4],
    ["connection", 0.95, 1.5],
    ["idle connection", 0.7, 1.2]
  ] as const
).flatMap(([row, native, node]) => [
  { row, of: "native", against: "binary", ...atMost(native) },
  { row, of: "node", against: "binary", ...atMost(node) }
])

/** All goals. */
export const goals: ReadonlyArray<Goal> = [
  ...toNginx,
  ...toBinary,
  { row: "start to listening", ...atMost(150) },
  { row: "idle connection", of: "native", ...atMost(50) },
  { row: "idle connection, many, 8,000", of: "native", ...atMost(50) },
  { row: "RSA-4096 connections, two to one", ...atLeast(1.6) },
  { row: "RSA-4096 connections, two workers, generator's share", ...atMost(20) },
  { row: "handshakes a CPU second, two to one", ...atLeast(0.9) },
  { row: "1,000 connections, furthest from an equal share", ...atMost(20) },
  { row: "round trip beside bulk, sending, p99", ...atMost(10) },
  { row: "round trip beside bulk, receiving, p99", ...atMost(10) },
  { row: "round trip, connections, largest rise from 10 on", ...atMost(1.25) },
  { row: "/_status under load, p99", ...atMost(50) }
]

/** Whether a figure is as the goal has it. */
export const isMet = ({ bound, value }: Goal, figure: number): boolean =>
  bound === "at most" ? figure <= value : figure >= value

/** Whether the goal is for a subject. */
export const isFor = ({ of }: Goal, kind: Subject["kind"]): boolean =>
  kind === "native" || kind === "node" ? of === undefined || of === kind : false
