import { runTopic } from "./RunTopic.ts"

runTopic("alpn")
