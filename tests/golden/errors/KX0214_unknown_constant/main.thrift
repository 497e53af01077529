enum Color {
  RED
}

const i32 LIMIT = 10
const i32 MORE = LIMT
const Color FAVOURITE = RED
const bool ON = True
