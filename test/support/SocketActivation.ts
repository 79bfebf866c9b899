/** Sockets that are there before the program: the real `systemd-socket-activate` (Debian: systemd) opens and hands them over. */
import { type Endpoint, textOf } from "./Endpoint.ts"
import { type Launched, launch } from "./Launch.ts"
import type { Stage } from "./Stage.ts"

const activate = "systemd-socket-activate"

/** A socket and the name it is handed over under. */
export interface NamedSocket {
  readonly name: string
  readonly at: Endpoint
}

/**
 * Opens the sockets and waits until they listen. The program takes the place of `systemd-socket-activate` at the first
 * connection to any of them: same process, same output.
 */
export const activated = async (
  stage: Stage,
  sockets: ReadonlyArray<NamedSocket>,
  words: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>> = {}
): Promise<Launched> => {
  const listens = sockets.map(({ at }) => `--listen=${at.network === "unix" ? at.path : textOf(at)}`)
  const names = `--fdname=${sockets.map(({ name }) => name).join(":")}`
  // It hands on only the variables it is told to.
  const hand = Object.keys(environment).map((name) => `--setenv=${name}`)
  const program = launch(stage, words, { environment, below: [activate, ...hand, ...listens, names] })
  await program.waitForError(new RegExp(`(Listening on [^\\n]*\\n[^]*){${sockets.length}}`))
  return program
}
