enum State {
  UNSPECIFIED = 0
  notReady = 1
}
