service Chat {
  string talk(1: string line) (streaming.mode = "bidirectionl")
  string say(1: string line) (streaming.mode = "client", streaming.mode = "server")
}
