import { runTopic } from "./RunTopic.ts"

runTopic("client-unix-target")
