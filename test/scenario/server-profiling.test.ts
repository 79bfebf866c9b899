import { runTopic } from "./RunTopic.ts"

runTopic("server-profiling")
