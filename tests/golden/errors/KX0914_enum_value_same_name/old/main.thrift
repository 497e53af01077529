enum State {
  UNSPECIFIED = 0
  GONE = 1
}
