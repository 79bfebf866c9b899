import { Effect, type Scope } from "effect";
import { BindError, type Listener, type ListenOptions } from "../Transport.ts";
import type { Native } from "./Native.ts";
/** Binds and listens. Nothing is delivered before the first `resume`. */
export declare const listen: (native: Native, options: ListenOptions) => Effect.Effect<Listener, BindError, Scope.Scope>;
