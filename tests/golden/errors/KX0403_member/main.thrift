enum Answer {
  YES = 1
  None = 2
  None_ = 3
}
