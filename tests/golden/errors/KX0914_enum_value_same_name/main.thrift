enum State {
  UNSPECIFIED = 0
  DELETED = 1
}
