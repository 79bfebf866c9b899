import { runTopic } from "./RunTopic.ts"

runTopic("server-paths")
