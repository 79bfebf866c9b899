import { Context } from "effect";
// src/config/Version.ts
const version = "1.11.1";
// src/telemetry/RecordReader.ts
/** Where an embedding program gets connection records from: a reference that a layer of its may set. */
/** While it is set, tunnels keep their metrics in Effect's registry, whatever their configuration says. */
const CurrentRecordReader = Context.Reference("ghostunnel/CurrentRecordReader", { defaultValue: () => void 0 });
export { version as n, CurrentRecordReader as t };

//# sourceMappingURL=lib-RecordReader-CFjUXZqS.mjs.map