/** Debian's `nix-instantiate` (package nix-bin) as the tests use it: no daemon, no store, no network. */
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"

const root = Path.resolve(import.meta.dirname, "../..")

/** Whether these tests run. In CI they always do, so that a missing program fails them. */
export const available = process.env.CI !== undefined || spawnSync("nix-instantiate", ["--version"]).error === undefined

const instantiate = (words: ReadonlyArray<string>): { readonly ok: boolean; readonly text: string } => {
  const run = spawnSync("nix-instantiate", [...words, "--store", "dummy://", "--readonly-mode"], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NIX_CONFIG: "build-users-group =" }
  })
  if (run.error !== undefined) throw run.error
  return run.status === 0 ? { ok: true, text: run.stdout } : { ok: false, text: run.stderr }
}

/** Every Nix file of the project, relative to its root. */
export const files = (): ReadonlyArray<string> => [
  "flake.nix",
  ...["nix", "test/nix"].flatMap((folder) =>
    Fs.readdirSync(Path.join(root, folder))
      .filter((name) => name.endsWith(".nix"))
      .map((name) => `${folder}/${name}`)
  )
]

/** Parses one file; the error is empty when it is well formed. */
export const parseError = (file: string): string => {
  const result = instantiate(["--parse", file])
  return result.ok ? "" : result.text
}

/** Evaluates an expression that sees the stub's `outputs`, `module`, `pkgs` and `lib`; throws Nix's error. */
export const evaluate = (expression: string, stub = "{ }"): unknown => {
  const result = instantiate([
    "--eval",
    "--strict",
    "--json",
    "-E",
    `with import ./test/nix/stub.nix ${stub}; ${expression}`
  ])
  if (!result.ok) throw new Error(result.text)
  return JSON.parse(result.text)
}
