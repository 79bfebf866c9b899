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
export const toMarkdown = (results: Results): string =>
  [
    "# Measured",
    `Written by the run itself:\n\n\`\`\`sh\n${results.command.join("\n")}\n\`\`\``,
    results.conditions.map((each) => `- ${each}`).join("\n"),
    results.subjects.map(({ name, version }) => `- ${name}: ${version}`).join("\n"),
    ...tablesOf(results).map(table),
    ...(results.failures.length === 0 ? [] : ["## Not measured", results.failures.map((each) => `- ${each}`).join("\n")])
  ].join("\n\n") + "\n"
