service Chat {
  string talk(1: string line, 2: i32 volume) (streaming.mode = "bidirectional")
  string hear() (streaming.mode = "server")
}
