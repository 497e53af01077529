include "Color.thrift"

enum Color {
  RED = 1
}

const i32 FAVOURITE = Color.RED
