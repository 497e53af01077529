enum State {
  UNSPECIFIED
  ACTIVE
}
