import { runTopic } from "./RunTopic.ts"

runTopic("server-socket-activation")
