import { runTopic } from "./RunTopic.ts"

runTopic("client-lifecycle")
