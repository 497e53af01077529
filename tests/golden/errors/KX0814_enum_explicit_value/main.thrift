enum State {
  UNSPECIFIED = 0
  ACTIVE
  GONE
}
