/**
 * What `effect/cli` may ask of the platform. None of our flags does (no prompts, no files, no child processes), so
 * nothing of the platform is loaded for it.
 */
import { FileSystem, Layer, Path, Stdio, Terminal } from "effect";
import { ChildProcessSpawner } from "effect/process";
/** A platform that cannot do anything. */
export declare const layer: Layer.Layer<ChildProcessSpawner.ChildProcessSpawner | FileSystem.FileSystem | Path.Path | Stdio.Stdio | Terminal.Terminal, never, never>;
