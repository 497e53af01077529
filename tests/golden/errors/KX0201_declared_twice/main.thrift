struct User {
  1: string name
}

enum User {
  ADMIN
}

const i32 LIMIT = 1
const i32 LIMIT = 2
