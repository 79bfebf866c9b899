/** The stable names of log lines: `event` of the JSON log. Every line has one, whatever its text. */

export const logEvents = [
  // Start and stop.
  ...["starting", "start_failed", "sandbox", "transport", "certificate_source", "metrics", "target", "proxy"],
  ...["listening", "shutdown_requested", "shutdown", "draining", "forced_exit"],
  "chain_verification",
  // Credentials.
  ...["reload", "reload_failed", "reloaded", "certificate_loaded", "credentials_warning"],
  ...["certificate_expires", "certificate_expired", "certificate_not_yet_valid"],
  ...["revocation_lists_fetched", "revocation_lists_failed"],
  // Connections.
  ...["open", "close", "copy_error", "accept_error", "revocation_unknown"],
  // The process and what surrounds it.
  ...["worker_lost", "socket_file", "status_http", "metrics_push", "otlp", "lines_lost", "internal"]
] as const

export type LogEvent = (typeof logEvents)[number]
