import { runTopic } from "./RunTopic.ts"

runTopic("bad-input")
