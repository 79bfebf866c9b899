import { runTopic } from "./RunTopic.ts"

runTopic("server-proxy-protocol")
