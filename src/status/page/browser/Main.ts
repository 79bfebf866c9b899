/** The status page's script: follows the event stream of snapshots, and reconnects when it is lost. */
import type { PageView } from "../PageView.ts"
import { byId, node, say } from "./Elements.ts"
import { clock } from "./Format.ts"
import { show } from "./View.ts"

/** Snapshots come every two seconds: after so many milliseconds without one the connection counts as lost. */
const patience = 10_000
const pauseBetweenTries = 3_000
let source: EventSource | undefined
let lastSnapshotAt: number | undefined
let retry: number | undefined

const lost = (): void => {
  if (document.documentElement.dataset.connection === "lost") return
  document.documentElement.dataset.connection = "lost"
  say("state", "no connection")
  const since =
    lastSnapshotAt === undefined
      ? "Could not reach the status port."
      : `Connection lost: the numbers below are of ${clock(lastSnapshotAt)}.`
  byId("lost").replaceChildren(node("p", "", `${since} Trying again.`))
}

const close = (): void => {
  window.clearTimeout(retry)
  source?.close()
  source = undefined
}

const open = (): void => {
  close()
  const own = new EventSource("_events")
  source = own
  const failed = (): void => {
    window.clearTimeout(quiet)
    if (own !== source) return
    lost()
    close()
    retry = window.setTimeout(open, pauseBetweenTries)
  }
  let quiet = window.setTimeout(failed, patience)
  own.onerror = failed
  own.onmessage = ({ data }: MessageEvent<string>) => {
    if (own !== source) return
    window.clearTimeout(quiet)
    quiet = window.setTimeout(failed, patience)
    lastSnapshotAt = Date.now()
    byId("lost").replaceChildren()
    const view: PageView = JSON.parse(data)
    show(view)
  }
}

// A hidden page closes its stream, so that it does not use a viewer's place.
document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()))
if (!document.hidden) open()
