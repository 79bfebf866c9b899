/** Host names for `--status-allow-host`. */
import { isIP } from "node:net"
import { Effect, Result, Schema, SchemaIssue, SchemaTransformation } from "effect"

/** The name or address in lower case, without brackets and final dot; the failure is the error message. */
export const parseAllowedHost = (text: string): Result.Result<string, string> => {
  const bare = text.replace(/^\[(.*)\]$/, "$1")
  if (isIP(bare) !== 0) return Result.succeed(bare.toLowerCase())
  const name = text.toLowerCase().replace(/\.$/, "")
  return /^[\w-]{1,63}(\.[\w-]{1,63})*$/.test(name) && name.length <= 253
    ? Result.succeed(name)
    : Result.fail(`'${text}' is not a host: give a name or an address alone, such as status.example.com`)
}

/** The codec between such a host and its text. */
export const AllowedHost = Schema.String.pipe(
  Schema.decodeTo(
    Schema.String,
    SchemaTransformation.transformEffect({
      decode: (text: string, options) => {
        const parsed = parseAllowedHost(text)
        return Result.isSuccess(parsed)
          ? Effect.succeed(parsed.success)
          : Effect.fail(new SchemaIssue.InvalidValue({ expected: parsed.failure }, text, options))
      },
      encode: (host: string) => Effect.succeed(host)
    })
  )
)
