/** nginx with its stream module. */

import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { firstLine, type Subject } from "../Subject.ts"

/** The module's file, where nginx was built to look for it; nothing when it is compiled in. */
const streamModule = (): string => {
  const built = spawnSync("nginx", ["-V"], { encoding: "utf8" }).stderr
  const folder = /--modules-path=(\S+)/.exec(built)?.[1]
  const file = folder === undefined ? undefined : Path.join(folder, "ngx_stream_module.so")
  return file !== undefined && Fs.existsSync(file) ? `load_module ${file};` : ""
}

/** Debian's `nginx` with `libnginx-mod-stream`, a process for each worker. */
export const nginx: Subject = {
  name: "nginx",
  kind: "other",
  hasStatus: false,
  hasWorkers: true,
  version: () => firstLine("nginx", ["-v"]),
  command: async (ports, { certificates, verifyClients, workers }, directory) => {
    const file = Path.join(directory, "nginx.conf")
    Fs.writeFileSync(
      file,
      `${streamModule()}
daemon off;
${process.getuid?.() === 0 ? "user root;" : ""}
worker_processes ${workers};
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events { worker_connections 20000; }
stream {
  server {
    listen 127.0.0.1:${ports.listen} ssl;
    proxy_pass 127.0.0.1:${ports.backend};
    proxy_timeout 1h;
    tcp_nodelay on;
    ssl_certificate ${certificates.server.cert};
    ssl_certificate_key ${certificates.server.key};
    ssl_client_certificate ${certificates.ca.cert};
    ssl_verify_client ${verifyClients ? "on" : "off"};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_tickets off;
    ssl_session_cache none;
  }
}
`
    )
    return ["nginx", ["-p", directory, "-c", file, "-e", `${directory}/error.log`]]
  }
}
