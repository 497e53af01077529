struct Color {
  1: byte red
}
