/** Cases that call what this implementation refuses at load: they cannot pass. */
import type { RegoCase } from "./Cases.ts"

const refused =
  /\b(?:http\.send|net\.lookup_ip_addr|graphql\.\w+|providers\.aws\.\w+|rego\.parse_module|strings\.render_template|io\.jwt\.encode_sign(?:_raw)?)\b/

/** Whether a case evaluates a refused built-in. Those that replace it by `with` do not. */
export const evaluatesRefused = ({ modules, query }: RegoCase): boolean => {
  const text = [...modules, query].join("\n")
  return refused.test(text) && !/\bwith\s+(?:http|net|graphql|providers|rego|strings|io)\./.test(text)
}
