import { runTopic } from "./RunTopic.ts"

runTopic("messages")
