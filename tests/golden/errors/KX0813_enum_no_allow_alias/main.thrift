enum State {
  UNSPECIFIED = 0
  GONE = 1
  DELETED = 1
}
