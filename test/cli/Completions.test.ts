/** Completion scripts as the shells themselves take them. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { flagTable } from "../../src/cli/Commands.ts"
import { needing } from "../support/Installed.ts"
import { run } from "./CommandLine.ts"

const folder = mkdtempSync(join(tmpdir(), "completions-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
writeFileSync(join(folder, "a b.pem"), "")

const shells = ["bash", "zsh", "fish"] as const
const script = async (shell: (typeof shells)[number]) => {
  const { code, err, out } = await run([`--completion-script-${shell}`])
  expect([code, err]).toEqual([0, ""])
  const path = join(folder, `script.${shell}`)
  writeFileSync(path, `${out}\n`)
  return path
}

const lines = (text: string) => text.split("\n").filter((line) => line !== "")
const allow = [
  ..."--allow-all --allow-cn --allow-dns --allow-ou --allow-policy --allow-query --allow-spki-pin --allow-uri".split(
    " "
  )
]

/** Words before the cursor as bash splits them, the last one unfinished. */
const bash = async (...words: ReadonlyArray<string>) => {
  const ask = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ghostunnel; printf '%s\\n' "\${COMPREPLY[@]}"`
  const answer = execFileSync("bash", ["--norc", "-c", ask, await script("bash"), ...words], { encoding: "utf8" })
  return lines(answer).toSorted()
}

describe("bash", () => {
  const cases: ReadonlyArray<readonly [words: ReadonlyArray<string>, candidates: ReadonlyArray<string>]> = [
    [
      ["ghostunnel", ""],
      ["client", "help", "policy", "server"]
    ],
    [["ghostunnel", "--syslog", "s"], ["server"]],
    [
      ["ghostunnel", "help", ""],
      ["client", "help", "policy", "server"]
    ],
    [["ghostunnel", "server", ""], []],
    [
      ["ghostunnel", "policy", ""],
      ["eval", "test"]
    ],
    [
      ["ghostunnel", "policy", "eval", "--"],
      ["--certificate", "--help", "--policy", "--query", "--version"]
    ],
    [["ghostunnel", "policy", "test", `${folder}/a`], [`${folder}/a b.pem`]],
    [["ghostunnel", "server", "--allow-"], allow],
    [["ghostunnel", "client", "--allow-"], []],
    [["ghostunnel", "--allow-"], []],
    [["ghostunnel", "--vers"], ["--version"]],
    [["ghostunnel", "server", "--no-allow"], ["--no-allow-all"]],
    [
      ["ghostunnel", "--sandbox", ""],
      ["auto", "off", "require"]
    ],
    [
      ["ghostunnel", "--sandbox", "="],
      ["auto", "off", "require"]
    ],
    [
      ["ghostunnel", "--quiet", "=", "conn"],
      ["conn-errs", "conns"]
    ],
    [["ghostunnel", "server", "--allow-cn", ""], []],
    [["ghostunnel", "--cert", `${folder}/a`], [`${folder}/a b.pem`]],
    [["ghostunnel", "--cert", "=", `${folder}/a`], [`${folder}/a b.pem`]]
  ]
  it.each(cases)("%j", async (words, candidates) => {
    expect(await bash(...words)).toEqual(candidates)
  })
})

describe("fish", () => {
  const { reason, skip } = needing("fish")
  const fish = async (line: string) => {
    const ask = `source ${await script("fish")}; complete -C '${line}'`
    const answer = execFileSync("fish", ["--no-config", "-c", ask], { encoding: "utf8" })
    return lines(answer).map((candidate) => candidate.split("\t")[0])
  }
  it.skipIf(skip).each([
    ["ghostunnel ", ["client", "help", "policy", "server"]],
    ["ghostunnel help s", ["server"]],
    ["ghostunnel policy ", ["eval", "test"]],
    ["ghostunnel policy eval --q", ["--query", "--quiet"]],
    ["ghostunnel server --allow-", allow],
    ["ghostunnel client --allow-", []],
    ["ghostunnel --sandbox=", ["--sandbox=auto", "--sandbox=off", "--sandbox=require"]],
    ["ghostunnel server --proxy-protocol-mode t", ["tls", "tls-full"]],
    [`ghostunnel --cert ${folder}/a`, [`${folder}/a b.pem`]]
  ])(`%s${reason}`, async (line, candidates) => {
    expect(await fish(line)).toEqual(candidates)
  })
})

describe("zsh", () => {
  const { reason, skip } = needing("zsh")
  // A terminal, because zsh completes nowhere else. The line that came of it is printed by a key of its own.
  const driver = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1='> '; autoload -U compinit; compinit -D -u; bindkey '^I' complete-word; source $1"
zpty -w z 'show() { print -r -- "<<$BUFFER>>" }; zle -N show; bindkey "^X" show; print REA""DY'
zpty -r z out '*READY*'
zpty -w -n z "$2"$'\\t\\C-x'
zpty -r z out "*<<$3>>*"
zpty -d z`
  it.skipIf(skip).each([
    ["ghostunnel ser", "ghostunnel server "],
    ["ghostunnel help cl", "ghostunnel help client "],
    ["ghostunnel --sandbox=r", "ghostunnel --sandbox=require "],
    ["ghostunnel server --sandbox o", "ghostunnel server --sandbox off "],
    ["ghostunnel server --allow-sp", "ghostunnel server --allow-spki-pin="],
    ["ghostunnel server --allow-cn=a --allow-c", "ghostunnel server --allow-cn=a --allow-cn="],
    ["ghostunnel client --allow-c", "ghostunnel client --allow-c"],
    ["ghostunnel client --override-", "ghostunnel client --override-server-name="],
    [`ghostunnel --cert=${folder}/a`, `ghostunnel --cert=${folder}/a\\\\ b.pem `]
  ])(`%s gives %s${reason}`, async (line, pattern) => {
    const words = ["-f", "-c", driver, "driver", await script("zsh"), line, pattern]
    execFileSync("zsh", words, { encoding: "utf8", timeout: 25_000 })
  })
})

describe("every shell", () => {
  it.each(shells)("%s is not told what is hidden", async (shell) => {
    const { out } = await run([`--completion-script-${shell}`])
    const specs = [...flagTable.shared, ...Object.values(flagTable.commands).flat()]
    for (const { aliases, hidden, name } of specs) {
      const found = new RegExp(`(--|-l )${name}[^a-z-]`).test(out)
      expect(found, name).toBe(!hidden)
      for (const alias of aliases) expect(out).not.toContain(alias)
    }
  })
})
