service Log {
  oneway i32 write(1: string line)
}
