import { runTopic } from "./RunTopic.ts"

runTopic("client-revocation")
