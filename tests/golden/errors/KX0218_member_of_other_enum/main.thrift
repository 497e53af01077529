enum Color {
  RED = 1
}

enum Wine {
  RED = 7
}

const Color FAVOURITE = Wine.RED
