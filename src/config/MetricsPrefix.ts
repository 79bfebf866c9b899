/** The prefix of every metric name (docs/compatibility/status-and-metrics.md, 1). */
import { Schema } from "effect"

/** Why a prefix is refused; undefined for a valid one. Graphite takes a space for the end of the name and drops the line. */
export const refusePrefix = (prefix: string): string | undefined =>
  /[\s\p{C}\p{Z}]/u.test(prefix) ? "the prefix of metrics must not contain blanks or control characters" : undefined

/** A prefix; may be empty. */
export const MetricsPrefix = Schema.String.pipe(Schema.check(Schema.makeFilter(refusePrefix)))
