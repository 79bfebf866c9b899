/** Reads files of certificate revocation lists: PEM with any number of them, or one in DER. */
import { Result } from "effect"
import { parseRevocationList, type RevocationList } from "../access/RevocationList.ts"
import { readCredentialFile } from "./CredentialFile.ts"
import { countBegins, readPem } from "./Pem.ts"

const type = "X509 CRL"

/** What of a file is a list. A damaged block is a failure: leaving it out would forget whom it revokes. */
const listsIn = (bytes: Buffer): Result.Result<ReadonlyArray<Uint8Array>, string> => {
  const blocks = readPem(bytes).filter((block) => block.type === type)
  if (blocks.length < countBegins(bytes, type)) return Result.fail("a block of it is damaged")
  if (blocks.length > 0) return Result.succeed(blocks.map(({ der }) => der))
  return bytes[0] === 0x30 ? Result.succeed([bytes]) : Result.fail("it holds none, neither PEM nor DER")
}

const parse = (bytes: Buffer): Result.Result<ReadonlyArray<RevocationList>, string> =>
  Result.flatMap(listsIn(bytes), (lists) =>
    Result.mapError(Result.all(lists.map(parseRevocationList)), (why) => `unusable revocation list: ${why}`)
  )

/** Every list of the files, in order. The failure names the file. */
export const readRevocationLists = (
  paths: ReadonlyArray<string>
): Result.Result<ReadonlyArray<RevocationList>, string> =>
  Result.map(
    Result.all(
      paths.map((path) =>
        Result.flatMap(
          Result.mapError(readCredentialFile(path), (why) => `loading revocation lists: ${why}`),
          (bytes) => Result.mapError(parse(bytes), (why) => `loading revocation lists: ${path}: ${why}`)
        )
      )
    ),
    (lists) => lists.flat()
  )
