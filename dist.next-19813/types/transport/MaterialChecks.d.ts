import type { TlsMaterial } from "../credentials/TlsMaterial.ts";
import { TlsMaterialError } from "./Transport.ts";
/** A failure with this sentence. */
export declare const materialFails: (message: string) => TlsMaterialError;
/** The failure for what OpenSSL or Node threw. */
export declare const explainMaterial: (error: unknown) => TlsMaterialError;
/** Throws what is wrong with the material. */
export declare const checkMaterial: (material: TlsMaterial) => void;
