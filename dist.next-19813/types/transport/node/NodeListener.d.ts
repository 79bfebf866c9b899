import { Effect, type Scope } from "effect";
import { BindError, type Listener, type ListenOptions } from "../Transport.ts";
/** Binds and listens. Nothing is delivered before the first `resume`. */
export declare const listen: (options: ListenOptions) => Effect.Effect<Listener, BindError, Scope.Scope>;
