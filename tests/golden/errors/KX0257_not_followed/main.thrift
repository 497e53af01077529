enum Color {
  RED
}

const Color FAVOURITE = Color.RED
const Color CURRENT = FAVOURITE
const list<i32> SOME = [1, 2]
const list<i32> SAME = SOME
