/** The JSON log of a tunnel, read strictly: every line an object, every connection with one `open` and one `close`. */
import assert from "node:assert/strict"

export type JsonLine = Readonly<Record<string, unknown>>

/** The lines as objects; fails on any that is not one, or that lacks what every line has. */
export const jsonLines = (lines: ReadonlyArray<string>): ReadonlyArray<JsonLine> =>
  lines.map((text) => {
    const value: unknown = JSON.parse(text)
    assert.ok(typeof value === "object" && value !== null && !Array.isArray(value), text)
    const line = { ...value }
    const { event, level, message, pid, time } = Object.fromEntries(Object.entries(line))
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    assert.ok(level === "info" || level === "warn" || level === "error", text)
    assert.equal(typeof message, "string")
    assert.equal(typeof event, "string", text)
    assert.equal(typeof pid, "number")
    return Object.fromEntries(Object.entries(line))
  })

/** What the log says about one connection. */
export interface LoggedConnection {
  readonly open: JsonLine
  readonly close: JsonLine
}

/** Every connection in the order of its end; fails unless each has one `open` and, later, one `close`. */
export const loggedConnections = (lines: ReadonlyArray<string>): ReadonlyArray<LoggedConnection> => {
  const open = new Map<unknown, JsonLine>()
  const seen = new Set<unknown>()
  const all: Array<LoggedConnection> = []
  for (const line of jsonLines(lines)) {
    const { connection, event } = line
    if (event === "open") {
      assert.match(String(connection), /^[0-9a-f]{16}-\d+$/)
      assert.ok(!seen.has(connection), `${connection} opened twice`)
      seen.add(connection)
      open.set(connection, line)
    }
    if (event === "close") {
      const opened = open.get(connection)
      assert.ok(opened !== undefined, `${connection} closed without having been opened, or twice`)
      open.delete(connection)
      all.push({ open: opened, close: line })
    }
  }
  assert.deepEqual([...open.keys()], [], "opened and never closed")
  return all
}

/** Fails unless the line has these fields, where a pattern or a type's name stands for what matches. */
export const assertFields = (line: JsonLine, expected: Readonly<Record<string, unknown>>): void => {
  for (const [name, wanted] of Object.entries(expected)) {
    const value = line[name]
    if (wanted instanceof RegExp) assert.match(String(value), wanted, name)
    else if (wanted === "seconds") assert.ok(typeof value === "number" && value >= 0 && value < 60, `${name}: ${value}`)
    else assert.deepEqual(value, wanted, `${name} in ${JSON.stringify(line)}`)
  }
}
