enum Color {
  RED
}

service Users {
  void paint(1: Color colour = Color.RED)
}
