enum user_state {
  UNSPECIFIED = 0
}
