/** The log: one line an event (contract: command line, section 6). Where it goes is decided by the layer. */
import { Context } from "effect"

export class Log extends Context.Service<
  Log,
  {
    /** Writes one line; `at` is the event's time in Unix milliseconds (with a fraction), now without it. Never fails. */
    readonly line: (message: string, at?: number) => void
  }
>()("ghostunnel/Log") {}
