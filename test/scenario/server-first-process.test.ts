import { runTopic } from "./RunTopic.ts"

runTopic("server-first-process")
