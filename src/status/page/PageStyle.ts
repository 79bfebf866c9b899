/** How the page looks: light and dark, from 320 pixels on, without motion for those who want none. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f7; --panel: #fff; --ink: #1b1f24; --muted: #57606a; --line: #d8dde2; --soft: #eef1f4;
  --first: #1f6fb5; --second: #b3540c; --good: #1f7a3a; --warn: #8a5a00; --bad: #b3261e; --bad-soft: #fdeceb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #111417; --panel: #191d21; --ink: #e4e7ea; --muted: #9aa4ae; --line: #2c333a; --soft: #22282d;
    --first: #6cb2f2; --second: #f0a05a; --good: #6fcf8a; --warn: #e3b341; --bad: #ff8a80; --bad-soft: #3a1f1e;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.45 system-ui, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
header, main, footer, #lost { max-width: 1120px; margin-inline: auto; padding-inline: 16px; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; padding-block: 16px 12px; }
h1 { margin: 0; font-size: 18px; font-weight: 650; }
h1 span { color: var(--muted); font-weight: 400; }
header p { margin: 0; }
code, .address { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .93em; }
.route { color: var(--muted); }
.state { margin-inline-start: auto !important; font-weight: 600; }
.state::before {
  content: ""; display: inline-block; width: 10px; height: 10px; margin-inline-end: 7px; border-radius: 50%;
  border: 2px solid var(--warn);
}
[data-state=listening] .state::before { border-color: var(--good); background: var(--good); }
[data-connection=lost] .state { color: var(--bad); }
[data-connection=lost] .state::before { border-color: var(--bad); background: none; animation: wait 1.6s ease-in-out infinite; }
@keyframes wait { 50% { opacity: .25; } }
@media (prefers-reduced-motion: reduce) { *, *::before { animation: none !important; transition: none !important; } }
#lost > p, #problem { margin: 0 0 12px; padding: 8px 12px; border: 1px solid var(--bad); border-radius: 6px; background: var(--bad-soft); }
#problem { max-width: 1088px; margin: 0 auto 12px; }
main { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
section { min-width: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
h2 { margin: 0 0 8px; font-size: 13px; font-weight: 600; color: var(--muted); }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 10px 20px; margin: 0; }
.numbers div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.numbers dt { color: var(--muted); font-size: 12px; }
.numbers dd { margin: 0; font-size: 25px; line-height: 1.2; font-weight: 600; white-space: nowrap; }
.numbers dd + dd { order: -1; font-size: 12px; font-weight: 400; color: var(--muted); white-space: normal; }
.numbers .alarm dd:first-of-type { color: var(--bad); }
.charts { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 12px 24px; }
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 600; }
.legend { margin: 2px 0 6px; padding: 0; list-style: none; font-size: 12px; color: var(--muted); }
.legend svg { width: 22px; height: 8px; margin-inline-end: 5px; vertical-align: 1px; }
.legend b { color: var(--ink); font-weight: 600; }
.plot { position: relative; }
.plot > svg { display: block; width: 100%; height: 110px; overflow: visible; }
.plot .top, .plot .middle { position: absolute; left: 0; font-size: 11px; line-height: 1; color: var(--muted); background: var(--panel); padding: 1px 4px 1px 0; }
.plot .top { top: 0; }
.plot .middle { top: 50px; }
.span { display: flex; justify-content: space-between; font-size: 11px; color: var(--muted); }
.grid { stroke: var(--line); stroke-width: 1; }
.line { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
.area { stroke: none; opacity: .12; }
.first { stroke: var(--first); } .area.first { fill: var(--first); }
.second { stroke: var(--second); stroke-dasharray: 5 4; }
table { width: 100%; border-collapse: collapse; }
th { text-align: start; font-weight: 500; color: var(--muted); font-size: 12px; padding: 2px 12px 4px 0; border-bottom: 1px solid var(--line); }
td { padding: 5px 12px 5px 0; vertical-align: top; border-bottom: 1px solid var(--soft); }
tr:last-child td { border-bottom: 0; }
th:last-child, td:last-child { padding-inline-end: 0; }
.count { text-align: end; width: 6.5em; white-space: nowrap; }
.narrow { white-space: nowrap; width: 1%; }
.note { margin: 6px 0 0; color: var(--muted); }
.note:empty { display: none; }
button {
  margin-top: 8px; padding: 5px 12px; font: inherit; font-size: 12px; color: var(--ink); background: var(--soft);
  border: 1px solid var(--line); border-radius: 6px; cursor: pointer;
}
:focus-visible { outline: 2px solid var(--first); outline-offset: 2px; }
.idle { color: var(--muted); }
.urgency { font-weight: 600; white-space: nowrap; }
.urgency.valid { color: var(--good); } .urgency.soon { color: var(--warn); } .urgency.urgent, .urgency.expired { color: var(--bad); }
footer { padding-block: 14px 28px; color: var(--muted); font-size: 12px; }
footer dl { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 0; }
footer div { display: flex; gap: 5px; }
footer dd { margin: 0; color: var(--ink); }
@media (max-width: 820px) { .charts { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 620px) {
  header, main, footer, #lost { padding-inline: 10px; }
  section { padding: 10px 11px; }
  #problem { margin-inline: 10px; }
  .count { width: 4em; }
  .state { margin-inline-start: 0 !important; }
  .numbers { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .numbers dd { font-size: 21px; }
  .numbers div:first-child { grid-column: 1 / -1; }
  .stacked, .stacked tbody, .stacked tr { display: block; }
  .stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stacked tr { display: flex; flex-wrap: wrap; gap: 0 12px; padding: 7px 0; border-bottom: 1px solid var(--soft); }
  .stacked tr:last-child { border-bottom: 0; }
  .stacked td { display: block; width: auto; padding: 0; border: 0; white-space: normal; }
  .stacked td:not(.whole, .urgency) { color: var(--muted); }
  .stacked .whole { flex-basis: 100%; }
}
@media print { section { break-inside: avoid; } }
`
