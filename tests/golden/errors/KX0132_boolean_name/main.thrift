enum Answer {
  false
  true
}
