service Users extends Base {
  void find() throws (1: Missing missing)
}

service Base {}

struct User {
  1: Color colour = Color.RED
  2: i32 limit = LIMIT
}

exception Missing {}

enum Color {
  RED
}

const i32 LIMIT = 10
