enum State {
  ACTIVE = 0
  GONE = 1
}
