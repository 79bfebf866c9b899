/** The page at `/debug/pprof/`. */

/** Profiles in the order of the page, with what they are. */
const descriptions = {
  allocs:
    "Sampled allocations: with seconds=N, everything allocated in that time, dead objects too; without it, the same as heap.",
  block: "Empty. With debug=1, by how much the event loops of the threads were late.",
  cmdline: "The command line of this program, without its secrets.",
  goroutine: "Live fibers and connections of all threads. debug=2 shows them one by one.",
  heap: "Sampled objects that live. gc=1 collects garbage first.",
  mutex: "Empty. With debug=1, by how much the event loops of the threads were late.",
  profile: "CPU profile of all threads. The seconds parameter tells for how long; the file is for go tool pprof.",
  symbol: "Nothing to look up: profiles carry their names.",
  threadcreate: "Threads of the program.",
  trace: "Execution trace of the main thread, for Perfetto. The seconds parameter tells for how long."
} as const

/** The page; profiles without a count show 0. */
export const indexPage = (counts: ReadonlyMap<string, number>): string => {
  const row = (name: string) =>
    `<tr><td>${counts.get(name) ?? 0}</td><td><a href="${name}?debug=1">${name}</a></td></tr>`
  const entry = ([name, text]: readonly [string, string]) => `<li><b>${name}:</b> ${text}</li>`
  return `<html>
<head>
<title>/debug/pprof/</title>
</head>
<body>
/debug/pprof/<br>
<p>Set debug=1 as a query parameter to export in legacy text format</p>
Types of profiles available:
<table>
<thead><tr><td>Count</td><td>Profile</td></tr></thead>
${Object.keys(descriptions).map(row).join("\n")}
</table>
<a href="goroutine?debug=2">full goroutine stack dump</a>
<p>Profile descriptions:</p>
<ul>
${Object.entries(descriptions).map(entry).join("\n")}
</ul>
</body>
</html>
`
}
