enum State {
  UNSPECIFIED = 0
}
