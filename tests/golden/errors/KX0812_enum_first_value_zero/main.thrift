enum State {
  ACTIVE = 1
  GONE = 2
}
