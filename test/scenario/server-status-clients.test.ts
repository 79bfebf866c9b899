import { runTopic } from "./RunTopic.ts"

runTopic("server-status-clients")
