enum Color {
  RED
}

typedef Color Paint

const Paint FAVOURITE = Paint.RED
const i32 NUMBER = Paint.RED
