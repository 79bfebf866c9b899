/** Certificates and keys that a program holds as PEM texts. */
import { Effect, Redacted, Result } from "effect"
import { subjectName } from "../access/SubjectName.ts"
import { CredentialError } from "./CredentialError.ts"
import { keyPairFromBlocks } from "./KeyPair.ts"
import { readPem, writePem } from "./Pem.ts"
import { type CredentialMaterial, pemKey } from "./TlsMaterial.ts"

export interface PemPair {
  /** The certificate chain, leaf first. */
  readonly certificate: string
  readonly key: Redacted.Redacted
  /** Trust anchors; the tunnel's CA bundle or the system's roots without it. */
  readonly trustAnchors?: string | undefined
}

const isCertificate = ({ type }: { readonly type: string }) => type === "CERTIFICATE"

/** Fails with the message that files with the same content would give. */
export const pemMaterial = ({
  certificate,
  key,
  trustAnchors
}: PemPair): Effect.Effect<CredentialMaterial, CredentialError> =>
  Effect.suspend(() => {
    const blocks = [...readPem(Buffer.from(certificate)), ...readPem(Buffer.from(Redacted.value(key)))]
    const anchors = trustAnchors === undefined ? undefined : readPem(Buffer.from(trustAnchors)).filter(isCertificate)
    if (anchors?.length === 0) return Effect.fail(new CredentialError({ message: "no trust anchor in PEM input" }))
    const material = Result.map(
      keyPairFromBlocks(blocks),
      ({ chainPem, keyPem, leaf }): CredentialMaterial => ({
        identity: { chainPem, key: pemKey(keyPem) },
        subject: subjectName(leaf.subject),
        trustAnchors: anchors?.map(({ der, type }) => writePem(type, der))
      })
    )
    return Effect.mapError(Effect.fromResult(material), (message) => new CredentialError({ message }))
  })
