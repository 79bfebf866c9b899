/**
 * Ghostunnel for embedding: tunnels as Effect layers, and the values they are made of.
 *
 * @example
 * const config = yield* Schema.decodeEffect(ServerConfig)({ listen: "localhost:8443", target: "localhost:8080", .. })
 * const tunnel = layerServer(config) // listens when built, drains when its scope closes
 */
export { AccessRules, NameRules } from "./config/AccessRules.ts"
export { Address, AddressFromString } from "./config/Address.ts"
export { CredentialSource } from "./config/CredentialConfig.ts"
export { GoDuration } from "./config/GoDuration.ts"
export { MetricsConfig, OtlpConfig } from "./config/MetricsConfig.ts"
export { type NamedTunnel, type ProcessConfig, processOf } from "./config/ProcessConfig.ts"
export { StatusConfig } from "./config/StatusConfig.ts"
export { TlsOptions } from "./config/TlsOptions.ts"
export {
  ClientConfig,
  QuietClass,
  ServerConfig,
  TransportChoice,
  type TunnelConfig,
  Workers
} from "./config/TunnelConfig.ts"
export { CredentialSource as Credentials, type CredentialState } from "./credentials/CredentialSource.ts"
export type { CredentialMaterial, Identity, PrivateKey, TokenKey } from "./credentials/TlsMaterial.ts"
export { layer, layerClient, layerServer, Tunnel, type TunnelOptions } from "./process/Embedding.ts"
export { Process, type ServedTunnel } from "./process/Process.ts"
export { run } from "./process/Serve.ts"
export { Lifecycle, type ReloadRequest, type ShutdownRequest } from "./runtime/Lifecycle.ts"
export { Log } from "./runtime/Logging.ts"
export { StartError } from "./runtime/StartError.ts"
export {
  encode as encodeProxyHeader,
  encodeSsl as encodeProxySsl,
  type Header as ProxyHeader,
  headerFor as proxyHeaderFor,
  type ProxyProtocolMode
} from "./transport/ProxyProtocol.ts"
export { decode as decodeProxyHeader, decodeSsl as decodeProxySsl } from "./transport/ProxyProtocolDecode.ts"
export { BindError, type EndpointName, TlsMaterialError, Transport } from "./transport/Transport.ts"
