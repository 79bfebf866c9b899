/** The status page: one self-contained document, with a Content-Security-Policy that permits nothing else. */
import { createHash } from "node:crypto"
import { script } from "./browser/Main.ts?script"
import { style } from "./PageStyle.ts"

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M2 15V7a6 6 0 0 1 12 0v8l-2-2-2 2-2-2-2 2-2-2z' fill='%231f6fb5'/%3E%3Ccircle cx='6' cy='7' r='1.2' fill='white'/%3E%3Ccircle cx='10' cy='7' r='1.2' fill='white'/%3E%3C/svg%3E"

const big = (id: string, name: string, total: boolean): string =>
  `<div><dt>${name}</dt><dd id="${id}">–</dd>${total ? `<dd id="${id}-total"></dd>` : ""}</div>`

const chart = (id: string, name: string): string =>
  `<figure id="${id}"><figcaption id="${id}-name">${name}</figcaption><ul class="legend"></ul><div class="plot"></div>` +
  '<div class="span"><span>5 minutes ago</span><span>now</span></div></figure>'

const fact = (id: string, name: string): string => `<div><dt>${name}</dt><dd id="${id}">–</dd></div>`

interface Table {
  readonly id: string
  readonly title: string
  readonly columns: ReadonlyArray<readonly [kind: string, name: string]>
  /** On narrow screens its cells go below each other. */
  readonly stacked: boolean
  readonly below?: string
}

/** Its roles are said aloud: stacked rows are no table to the browser. */
const table = ({ below = "", columns, id, stacked, title }: Table): string => {
  const heads = columns.map(
    ([kind, name]) => `<th scope="col" role="columnheader"${kind === "" ? "" : ` class="${kind}"`}>${name}</th>`
  )
  return `<section aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
<table id="${id}"${stacked ? ' class="stacked"' : ""} role="table" aria-labelledby="${id}-title" hidden>
<thead role="rowgroup"><tr role="row">${heads.join("")}</tr></thead><tbody role="rowgroup"></tbody></table>
<p id="${id}-none" class="note"></p>${below}</section>`
}

const peers = table({
  id: "identities",
  title: "Peers",
  stacked: false,
  columns: [
    ["", "identity"],
    ["count", "open"],
    ["count", "in all"]
  ],
  below: '<p id="hidden-identities" class="note"></p>'
})

const certificates = table({
  id: "certificates",
  title: "Certificates",
  stacked: true,
  columns: [
    ["narrow", "role"],
    ["", "subject"],
    ["narrow", "valid until"],
    ["narrow", "expires"],
    ["narrow", "state"]
  ]
})

const refusals = table({
  id: "refusals",
  title: "Refusals",
  stacked: true,
  columns: [
    ["narrow", "time"],
    ["narrow", "client"],
    ["narrow", "stage"],
    ["narrow", "reason"],
    ["", "message"]
  ],
  below: '<button id="more-refusals" type="button" aria-controls="refusals" aria-expanded="false" hidden></button>'
})

/** The whole document. */
export const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ghostunnel</title>
<link rel="icon" href="${icon}">
<style>${style}</style>
</head>
<body>
<header>
<h1>Ghostunnel <span id="mode"></span></h1>
<p class="route address"><span id="listen"></span> → <span id="target"></span></p>
<p id="state" class="state" role="status">connecting</p>
</header>
<div id="lost" role="alert"></div>
<p id="problem" role="status" hidden></p>
<noscript><p class="note">This page needs JavaScript; <a href="_status">_status</a> does not.</p></noscript>
<main>
<section aria-labelledby="now-title"><h2 id="now-title">Now</h2><dl class="numbers">
${big("open", "open connections", false)}
${big("opened", "opened", true)}
${big("failed", "refused or failed", true)}
${big("forwarded", "to the target", true)}
${big("returned", "from the target", true)}
</dl></section>
<section aria-labelledby="charts-title"><h2 id="charts-title">Last five minutes</h2><div class="charts">
${chart("rates", "Connections")}
${chart("volumes", "Bytes carried")}
${chart("durations", "Handshake")}
</div></section>
${peers}
${certificates}
${refusals}
</main>
<footer><dl>
${fact("version", "version")}${fact("uptime", "up")}${fact("workers", "threads")}${fact("sandbox", "sandbox")}${fact("reloaded", "last reload")}${fact("updated", "updated")}
</dl></footer>
<script>${script}</script>
</body>
</html>
`

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`

/** Only our own style and script, named by their hashes; connections to where the page came from; no markup from text. */
export const policy = [
  "default-src 'none'",
  `style-src ${hash(style)}`,
  `script-src ${hash(script)}`,
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'"
].join("; ")

/** Headers of the page and of its stream. */
export const headers = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store"
} as const
