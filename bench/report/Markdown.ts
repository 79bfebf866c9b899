/** The report as Markdown, to be read beside the chart. */
import type { Results } from "./Results.ts"
import { type Table, tablesOf } from "./Tables.ts"

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<=", "≤").replaceAll(">=", "≥")

const line = (cells: ReadonlyArray<string>): string => `| ${cells.map(cell).join(" | ")} |`

const table = ({ head, lines, title, words }: Table): string =>
  [
    `## ${title}`,
    "",
    line(head),
    line(head.map((_, column) => (column < words ? "---" : "---:"))),
    ...lines.map(line)
  ].join("\n")

/** A page with every table, the command and the machine. */
export const toMarkdown = (results: Results): string => {
  const { command, conditions, failures, subjects } = results
  const items = (lines: ReadonlyArray<string>) => lines.map((each) => `- ${each}`).join("\n")
  const parts = [
    "# Measured",
    `Written by the run itself:\n\n\`\`\`sh\n${command.join("\n")}\n\`\`\``,
    items(conditions),
    items(subjects.map(({ name, version }) => `${name}: ${version}`)),
    ...tablesOf(results).map(table),
    ...(failures.length === 0 ? [] : ["## Not measured", items(failures)])
  ]
  return `${parts.join("\n\n")}\n`
}
