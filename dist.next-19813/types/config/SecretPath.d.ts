import { Result } from "effect";
/**
 * The path that a text stands for: `credential:NAME` is `$CREDENTIALS_DIRECTORY/NAME` (systemd.exec(5), LoadCredential=),
 * everything else is a path itself. Pure.
 */
export declare const resolveSecretPath: (text: string, environment: Readonly<Record<string, string | undefined>>) => Result.Result<string, string>;
