enum Color {
  RED
  GREEN
}

enum Fruit {
  APPLE
}

const Color FIRST = Color.GREN
const Color SECOND = Fruit.APPLE
