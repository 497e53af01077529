struct User {
  1 i64 id
  2: requred string name
  required 3: i32 age
  4: i32
  5: required optional bool active
  6: string[] tags
  7: map<string> labels
  8: list<i32, i32> pairs
  9: list names
  10: list<i32 numbers
  11: i32 last
}
