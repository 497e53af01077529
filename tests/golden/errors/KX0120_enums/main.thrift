enum Color {
  RED: 1
  GREEN = one
  BLUE = "3"
  5
  WHITE
}

enum {
  A
}
