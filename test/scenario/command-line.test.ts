import { runTopic } from "./RunTopic.ts"

runTopic("command-line")
