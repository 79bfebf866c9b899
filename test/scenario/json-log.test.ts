import { runTopic } from "./RunTopic.ts"

runTopic("json-log")
