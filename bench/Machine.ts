/** The machine and conditions of a run, for readers of its results. */
import * as Os from "node:os"
import type { Options } from "./Options.ts"

/** The machine and the conditions, as text. */
export const describeRun = ({ algorithms, quick, rounds, workers }: Options): ReadonlyArray<string> => [
  `${Os.cpus().length} x ${Os.cpus()[0]?.model ?? "processor"}, ${Math.round(Os.totalmem() / 2 ** 30)} GiB, ` +
    `${Os.type()} ${Os.release().replace(/-.*/, "")} ${Os.arch()}, Node ${process.versions.node} with OpenSSL ${process.versions.openssl}`,
  `${workers} workers, mTLS with P-256 certificates, ${algorithms.groups} and ${algorithms.cipher} offered by clients, ` +
    `everything on loopback`,
  `${rounds} ${rounds === 1 ? "round" : "interleaved rounds"}${quick ? " of tiny amounts: these figures mean nothing" : ""}`
]
