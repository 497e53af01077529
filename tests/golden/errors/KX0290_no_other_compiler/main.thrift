struct User {
  1: uuid id
  2: Color colour = Color.RED
}

enum Color {
  RED
}
