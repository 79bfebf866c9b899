/** The exit codes of the Go program (docs/compatibility/command-line.md, 1.3). */
export const ExitCode = {
  /** Help, version, completions, no command at all; also a clean shutdown. */
  success: 0,
  /** A command line that does not parse, a refused configuration, a failed start, a drain that ran out of time. */
  failure: 1,
  /** A crash or SIGQUIT. */
  crash: 2
} as const
