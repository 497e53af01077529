enum Color {
  RED = 1
  GREEN = 2
}

const Color FAVOURITE = 7
