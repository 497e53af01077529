struct User {
  1: void nothing
  2: list<void> nothings
  3: i64 id
}

const void NIL = 0
