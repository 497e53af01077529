enum Color {
  RED = 1
  CRIMSON = 1
}
